import { checkBusinessHours } from './business-hours-settings.js';
import { completeSettings, SETTINGS, type SettingsSection } from './settings.js';

const NAMES = Object.keys(SETTINGS) as SettingsSection[];

describe('settings', () => {
  it.each(NAMES)('the defaults of %s pass its own check', (section) => {
    const check = SETTINGS[section].check as (value: unknown) => unknown[];
    expect(check(SETTINGS[section].defaults)).toEqual([]);
  });

  it('a value that an older release stored gets the defaults of what it did not know', () => {
    expect(completeSettings('business-hours', { weekly: { monday: [] } })).toEqual({ weekly: { monday: [] }, holidays: [] });
    expect(completeSettings('business-hours', null)).toEqual(SETTINGS['business-hours'].defaults);
  });
});

describe('business hours', () => {
  const pointers = (weekly: Parameters<typeof checkBusinessHours>[0]['weekly']) => checkBusinessHours({ weekly, holidays: [] }).map(({ pointer }) => pointer);

  it('run forwards, in order, and apart', () => {
    expect(pointers({ monday: [{ from: '09:00', to: '14:00' }, { from: '14:00', to: '24:00' }] })).toEqual([]);
    expect(pointers({ monday: [{ from: '18:00', to: '02:00' }] })).toEqual(['/weekly/monday/0/to']);
    expect(pointers({ friday: [{ from: '09:00', to: '14:00' }, { from: '13:59', to: '20:00' }] })).toEqual(['/weekly/friday/1/from']);
  });

  it('know each holiday once', () => {
    const holidays = [{ date: '2026-12-25' }, { date: '2026-12-25', open: [{ from: '12:00', to: '10:00' }] }];
    expect(checkBusinessHours({ weekly: {}, holidays }).map(({ pointer }) => pointer)).toEqual(['/holidays/1/open/0/to', '/holidays/1/date']);
  });
});
