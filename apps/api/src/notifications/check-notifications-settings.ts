import { Injectable } from '@nestjs/common';
import { checkNotifications, type FieldError, type NotificationsSettings, type TenantId } from '@parley/domain';
import { CheckMappings } from '@parley/messaging';
import type { SettingsCheck } from '../settings/settings-controller.js';

/** Refuses mappings whose expressions do not parse, or that do not fit their templates. What may still come right is a warning, in the list of types. */
@Injectable()
export class CheckNotificationsSettings implements SettingsCheck<'notifications'> {
  constructor(private readonly mappings: CheckMappings) {}

  async check(tenantId: TenantId, value: NotificationsSettings): Promise<FieldError[]> {
    const faults = checkNotifications(value);
    return faults.length > 0 ? faults : (await this.mappings.check(tenantId, value)).errors;
  }
}
