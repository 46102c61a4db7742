import { readRetryAfter, readUsage } from './usage.js';

describe('readUsage', () => {
  it('takes the highest percentage of the app and of its accounts, and minutes as seconds', () => {
    const business = {
      '1': [{ type: 'whatsapp', call_count: 28, total_time: 90, estimated_time_to_regain_access: 3 }],
      '2': [{ type: 'whatsapp_business_management', call_count: 7, estimated_time_to_regain_access: 0 }],
    };
    expect(
      readUsage({
        'x-app-usage': '{"call_count":95,"total_time":25,"total_cputime":25}',
        'x-business-use-case-usage': JSON.stringify(business),
      }),
    ).toEqual({ appPercent: 95, accountPercent: 90, regainAccessSeconds: 180 });
  });

  it.each([[{}], [{ 'x-app-usage': 'nonsense' }], [{ 'x-app-usage': ['{}', '{}'] }], [{ 'x-app-usage': '7' }]])(
    'is undefined where nothing can be read: %j',
    (headers) => expect(readUsage(headers)).toBeUndefined(),
  );

  it('takes figures that are none for zero', () => {
    expect(readUsage({ 'x-app-usage': '{"call_count":"many"}' })).toEqual({
      appPercent: 0,
      accountPercent: undefined,
      regainAccessSeconds: 0,
    });
  });
});

describe('readRetryAfter', () => {
  it.each([
    ['30', 30],
    ['-1', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    [undefined, undefined],
  ])('%s is %s', (value, seconds) => expect(readRetryAfter({ 'retry-after': value })).toBe(seconds));
});
