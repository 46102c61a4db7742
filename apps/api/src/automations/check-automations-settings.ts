import { Injectable } from '@nestjs/common';
import { checkAutomations, endpointOf, publicUrlFault, type AutomationSettings, type FieldError, type TenantId } from '@parley/domain';
import { Config } from '@parley/platform';
import type { SettingsCheck } from '../settings/settings-controller.js';

/** Refuses addresses that may not be asked, so that no customer waits for the first question to learn of it. */
@Injectable()
export class CheckAutomationsSettings implements SettingsCheck<'automations'> {
  constructor(private readonly config: Config) {}

  check(_: TenantId, value: AutomationSettings): Promise<FieldError[]> {
    const faults = checkAutomations(value);
    return Promise.resolve(faults.length > 0 ? faults : value.steps.flatMap((step, at) => this.refusalOf(endpointOf(step), `/steps/${at}${step.type === 'bot' ? '' : '/endpoint'}/url`)));
  }

  private refusalOf(url: string | null, pointer: string): FieldError[] {
    const detail = url === null ? null : publicUrlFault(url, this.config.HTTP_ALLOWED_ORIGINS);
    return detail === null ? [] : [{ pointer, code: 'url.refused', detail }];
  }
}
