import { Injectable } from '@nestjs/common';
import { assertPublicUrl, checkLookups, DomainError, type FieldError, type LookupsSettings, type TenantId } from '@parley/domain';
import { Config } from '@parley/platform';
import type { SettingsCheck } from '../settings/settings-controller.js';

/** Refuses addresses that may not be asked, so that nobody waits for the first question to learn of it. */
@Injectable()
export class CheckLookupsSettings implements SettingsCheck<'lookups'> {
  constructor(private readonly config: Config) {}

  check(_: TenantId, value: LookupsSettings): Promise<FieldError[]> {
    const faults = checkLookups(value);
    return Promise.resolve(faults.length > 0 || value.url === null ? faults : this.refusalOf(value.url));
  }

  private refusalOf(url: string): FieldError[] {
    try {
      assertPublicUrl(url, '/url', this.config.HTTP_ALLOWED_ORIGINS ?? []);
      return [];
    } catch (error) {
      if (error instanceof DomainError) return [...error.errors];
      throw error;
    }
  }
}
