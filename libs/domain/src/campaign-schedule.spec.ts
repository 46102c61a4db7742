import { countryOfPhone } from './phone.js';
import { dueIn, instantOfLocal, isLocalTime, isTimeZone, timeZoneOfCountry } from './campaign-schedule.js';

const NOW = new Date('2026-11-21T09:00:00Z');
const at = (localTime: string, zone: string): string => instantOfLocal(localTime, zone).toISOString();

describe('a local time', () => {
  it('is an instant of its own in every zone', () => {
    expect(at('2026-07-01T10:00', 'Europe/Bucharest')).toBe('2026-07-01T07:00:00.000Z');
    expect(at('2026-12-01T10:00', 'Europe/Bucharest')).toBe('2026-12-01T08:00:00.000Z');
    expect(at('2026-07-01T10:00', 'Asia/Kolkata')).toBe('2026-07-01T04:30:00.000Z');
    expect(at('2026-07-01T10:00', 'America/New_York')).toBe('2026-07-01T14:00:00.000Z');
    expect(at('2026-07-01T10:00', 'UTC')).toBe('2026-07-01T10:00:00.000Z');
  });

  it('that the clocks skip comes as much later', () => {
    // Bucharest goes from 03:00 to 04:00 on 29 March, New York from 02:00 to 03:00 on 8 March.
    expect(at('2026-03-29T03:30', 'Europe/Bucharest')).toBe('2026-03-29T01:30:00.000Z');
    expect(at('2026-03-08T02:30', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
    expect(at('2026-03-29T04:00', 'Europe/Bucharest')).toBe('2026-03-29T01:00:00.000Z');
    expect(at('2026-03-29T02:59', 'Europe/Bucharest')).toBe('2026-03-29T00:59:00.000Z');
  });

  it('that the clocks show twice is the first of both', () => {
    expect(at('2026-10-25T03:30', 'Europe/Bucharest')).toBe('2026-10-25T00:30:00.000Z');
    expect(at('2026-11-01T01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
    expect(at('2026-10-25T04:00', 'Europe/Bucharest')).toBe('2026-10-25T02:00:00.000Z');
  });

  it.each([['2026-12-01T10:00', true], ['2026-02-30T10:00', false], ['2026-12-01T24:00', false], ['2026-12-01 10:00', false], ['x', false]])('%s: %s', (text, isOne) => {
    expect(isLocalTime(text)).toBe(isOne);
  });
});

it('is due at once, at its instant, or by the zone', () => {
  expect(dueIn({ kind: 'now' }, 'UTC')).toBeNull();
  expect(dueIn({ kind: 'at', at: '2026-12-01T10:00:00Z' }, 'Asia/Tokyo')).toEqual(new Date('2026-12-01T10:00:00Z'));
  expect(dueIn({ kind: 'local', localTime: '2026-12-01T10:00' }, 'Asia/Tokyo')).toEqual(new Date('2026-12-01T01:00:00Z'));
});

it.each([['Europe/Bucharest', true], ['UTC', true], ['Europe/Atlantis', false], ['', false], ['+02:00', false]])('knows the zone %j: %s', (name, isOne) => {
  expect(isTimeZone(name)).toBe(isOne);
});

describe('the zone of a phone number', () => {
  const zoneOf = (phone: string, tenantZone: string): string | null => {
    const country = countryOfPhone(phone);
    return country === null ? null : timeZoneOfCountry(country, tenantZone, NOW);
  };

  it.each([['+40723000111', 'Europe/Bucharest'], ['+302101234567', 'Europe/Athens'], ['+919876543210', 'Asia/Kolkata']])('%s is that of its country: %s', (phone, zone) => {
    expect(new Date(instantOfLocal('2026-07-01T10:00', zoneOf(phone, 'UTC')!))).toEqual(instantOfLocal('2026-07-01T10:00', zone));
  });

  it("is the tenant's own where the country has several clocks and that is one of them, else the middle one", () => {
    expect(zoneOf('+12125550123', 'America/New_York')).toBe('America/New_York');
    const middle = zoneOf('+12125550123', 'Europe/Bucharest')!;
    expect(['2026-07-01T15:00:00.000Z', '2026-07-01T14:00:00.000Z']).toContain(at('2026-07-01T10:00', middle));
  });

  it('is not known where the country is not', () => {
    expect(zoneOf('+88312345678', 'Europe/Bucharest')).toBeNull();
  });
});
