import { Injectable } from '@nestjs/common';
import { readSettings, SystemDb } from '@parley/data';
import { mappingPointer, NOTIFICATION_TYPES, notificationType, type TenantId } from '@parley/domain';
import { CheckMappings } from '@parley/messaging';
import { notificationTypeView, type NotificationTypesView } from './notification.view.js';

/** The kinds of events that a tenant can tell: everybody's and its own, each with its mapping and what is to be said of it. */
@Injectable()
export class ListNotificationTypes {
  constructor(
    private readonly db: SystemDb,
    private readonly mappings: CheckMappings,
  ) {}

  async list(tenantId: TenantId): Promise<NotificationTypesView> {
    const settings = (await readSettings(this.db, 'notifications', [tenantId])).get(tenantId)!;
    // A template may have changed since the mapping was saved, so what was an error then can be one again.
    const { errors, warnings } = await this.mappings.check(tenantId, settings);
    const findings = [...errors, ...warnings];
    const names = new Set([...NOTIFICATION_TYPES.map(({ name }) => name), ...Object.keys(settings.types).sort()]);
    const data = [...names].map((name) => {
      const mapping = Object.hasOwn(settings.types, name) ? settings.types[name]! : null;
      const own = findings.filter(({ pointer }) => pointer.startsWith(`${mappingPointer(name)}/`));
      return notificationTypeView(notificationType(name), mapping, own);
    });
    return { data };
  }
}
