import type { FieldError } from '../domain-error.js';
import { checkAutomations, DEFAULT_AUTOMATIONS, type AutomationSettings } from './automations-settings.js';
import { checkBusinessHours, DEFAULT_BUSINESS_HOURS, type BusinessHoursSettings } from './business-hours-settings.js';
import { checkConsent, DEFAULT_CONSENT, type ConsentSettings } from './consent-settings.js';
import { checkLookups, DEFAULT_LOOKUPS, type LookupsSettings } from './lookups-settings.js';
import { checkNotifications, DEFAULT_NOTIFICATIONS, type NotificationsSettings } from './notifications-settings.js';
import { checkServiceLevel, DEFAULT_SERVICE_LEVEL, type ServiceLevelSettings } from './service-level-settings.js';

/** The type of each section of what a tenant decides for itself. */
export interface SettingsSections {
  'business-hours': BusinessHoursSettings;
  'service-level': ServiceLevelSettings;
  automations: AutomationSettings;
  consent: ConsentSettings;
  notifications: NotificationsSettings;
  lookups: LookupsSettings;
}

export type SettingsSection = keyof SettingsSections;

interface SectionDefinition<T> {
  /** What holds where the tenant has said nothing. */
  readonly defaults: T;
  /** What is wrong with a value whose shape is right; pointers begin at the value. */
  readonly check: (value: T) => FieldError[];
}

/** Every section. */
export const SETTINGS: { readonly [Section in SettingsSection]: SectionDefinition<SettingsSections[Section]> } = {
  'business-hours': { defaults: DEFAULT_BUSINESS_HOURS, check: checkBusinessHours },
  'service-level': { defaults: DEFAULT_SERVICE_LEVEL, check: checkServiceLevel },
  automations: { defaults: DEFAULT_AUTOMATIONS, check: checkAutomations },
  consent: { defaults: DEFAULT_CONSENT, check: checkConsent },
  notifications: { defaults: DEFAULT_NOTIFICATIONS, check: checkNotifications },
  lookups: { defaults: DEFAULT_LOOKUPS, check: checkLookups },
};

/** A stored value over the section's defaults: a member that an older release did not know has its default. */
export function completeSettings<Section extends SettingsSection>(section: Section, stored: object | null): SettingsSections[Section] {
  return { ...SETTINGS[section].defaults, ...stored };
}
