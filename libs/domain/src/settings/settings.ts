import type { FieldError } from '../domain-error.js';
import { checkBusinessHours, DEFAULT_BUSINESS_HOURS, type BusinessHoursSettings } from './business-hours-settings.js';

/** The type of each section of what a tenant decides for itself. */
export interface SettingsSections {
  'business-hours': BusinessHoursSettings;
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
};

/** A stored value over the section's defaults: a member that an older release did not know has its default. */
export function completeSettings<Section extends SettingsSection>(section: Section, stored: object | null): SettingsSections[Section] {
  return { ...SETTINGS[section].defaults, ...stored };
}
