import fc from 'fast-check';
import {
  formatDate,
  formatDateTime,
  FormatFault,
  formatList,
  formatMoney,
  formatNumber,
  formatPhone,
  formatPlural,
  formatText,
  formatTime,
  instantOf,
  localeOf,
  type FormatContext,
} from './notification-formats.js';

const RO: FormatContext = { locale: 'ro', timeZone: 'Europe/Bucharest', currency: 'RON' };
const EN: FormatContext = { ...RO, locale: 'en' };

describe('money', () => {
  it.each([
    [125.5, undefined, '125,50 lei', 'RON 125.50'],
    ['1234567.5', 'RON', '1.234.567,50 lei', 'RON 1,234,567.50'],
    [0, 'ron', '0,00 lei', 'RON 0.00'],
    [12, 'EUR', '12,00 EUR', '€12.00'],
    ['999999999999999.99', 'USD', '999.999.999.999.999,99 USD', '$999,999,999,999,999.99'],
    [1500, 'JPY', '1.500 JPY', '¥1,500'],
  ])('%p %p is %p in Romanian and %p in English', (amount, currency, romanian, english) => {
    expect([formatMoney(amount, RO, currency), formatMoney(amount, EN, currency)]).toEqual([romanian, english]);
  });

  it.each([['12,50'], [Number.NaN], [{}], [''], ['1e9'], [null]])('%p is no amount', (amount) => {
    expect(() => formatMoney(amount, RO)).toThrow(FormatFault);
  });

  it('takes three letters for a currency only', () => {
    expect(() => formatMoney(1, RO, 'lei!')).toThrow('three letters');
  });
});

describe('plurals', () => {
  const products = (count: unknown) => formatPlural(count, { one: 'produs', other: 'produse' }, RO);

  it.each([
    [0, '0 produse'],
    [1, '1 produs'],
    [2, '2 produse'],
    [19, '19 produse'],
    [20, '20 de produse'],
    [100, '100 de produse'],
    [101, '101 produse'],
    [119, '119 produse'],
    [120, '120 de produse'],
    [1_001, '1.001 produse'],
    [1_020, '1.020 de produse'],
    ['1.5', '1,5 produse'],
  ])('%p in Romanian is %s', (count, text) => {
    expect(products(count)).toBe(text);
  });

  it('put "de" by the rule of Romanian grammar: the last two digits are 00 or from 20 up', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000 }), (count) => products(count).includes(' de ') === (count !== 0 && (count % 100 === 0 || count % 100 >= 20))));
  });

  it('set no second "de" where the form brings it', () => {
    expect(formatPlural(25, { one: 'zi', few: 'zile', other: 'de zile' }, RO)).toBe('25 de zile');
  });

  it('use the forms of English, and of languages with more of them', () => {
    expect([1, 3, 20].map((count) => formatPlural(count, { one: 'item', other: 'items' }, EN))).toEqual(['1 item', '3 items', '20 items']);
    const polish = { ...RO, locale: 'pl' };
    expect([1, 3, 5].map((count) => formatPlural(count, { one: 'danie', few: 'dania', many: 'dań' }, polish))).toEqual(['1 danie', '3 dania', '5 dań']);
  });

  it('need a form', () => {
    expect(() => formatPlural(2, {}, RO)).toThrow('forms of its noun');
  });
});

describe('dates', () => {
  it('are those of the tenant’s zone, on both sides of a change of clocks', () => {
    // 2026-10-25: 04:00 becomes 03:00 in Bucharest.
    expect(['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((at) => formatTime(at, RO))).toEqual(['03:30', '03:30']);
    expect(['2026-10-24T20:59:59Z', '2026-10-24T21:00:00Z'].map((at) => formatDate(at, RO))).toEqual(['24 octombrie 2026', '25 octombrie 2026']);
    expect(['2026-10-25T21:59:59Z', '2026-10-25T22:00:00Z'].map((at) => formatDate(at, RO))).toEqual(['25 octombrie 2026', '26 octombrie 2026']);
  });

  it('are written as each language does', () => {
    const at = '2026-11-07T17:30:00Z';
    expect([formatDateTime(at, RO), formatDateTime(at, EN)]).toEqual(['7 noiembrie 2026 la 19:30', 'November 7, 2026 at 7:30 PM']);
    expect([formatDate(at, RO, 'full'), formatDate(at, RO, 'short'), formatDate(at, { ...EN, locale: 'en-GB' }, 'medium')]).toEqual(['sâmbătă, 7 noiembrie 2026', '07.11.2026', '7 Nov 2026']);
    expect(formatTime(at, EN)).toBe('7:30 PM');
  });

  it('without an offset are by the tenant’s clock; a day without a time is that day everywhere', () => {
    expect(instantOf('2026-07-01T12:00', 'Europe/Bucharest').toISOString()).toBe('2026-07-01T09:00:00.000Z');
    expect(instantOf('2026-12-01T12:00:30', 'Europe/Bucharest').toISOString()).toBe('2026-12-01T10:00:00.000Z');
    // Skipped by the clocks of that night.
    expect(formatTime('2026-03-29T03:30', RO)).toBe('04:30');
    expect([formatDate('2026-11-07', RO), formatDate('2026-11-07', { ...RO, timeZone: 'Pacific/Honolulu' })]).toEqual(['7 noiembrie 2026', '7 noiembrie 2026']);
  });

  it.each([['tomorrow'], ['2026-13-01T10:00:00Z'], ['2026-02-30'], [1_762_000_000], [null], ['2026-11-07 19:30']])('%p is no time', (value) => {
    expect(() => formatDateTime(value, RO)).toThrow(FormatFault);
  });

  it('have a style of the list', () => {
    expect(() => formatDate('2026-11-07', RO, 'tiny')).toThrow('short, medium, long, full');
  });
});

describe('texts', () => {
  it('lists are joined as the language does, and hold nothing empty', () => {
    expect([formatList(['Pizza', ' ', 'Paste', 'Tiramisu'], RO), formatList(['a', 'b'], EN, 'or')]).toEqual(['Pizza, Paste și Tiramisu', 'a or b']);
    expect(() => formatList('Pizza', RO)).toThrow(FormatFault);
  });

  it('numbers and phone numbers are as people read them', () => {
    expect([formatNumber(12_345.678, RO), formatNumber('0.5', EN, 0), formatPhone('+40723000111')]).toEqual(['12.345,678', '1', '+40 723 000 111']);
    expect(() => formatPhone('0723000111')).toThrow(FormatFault);
    expect(() => formatNumber(1, RO, 9)).toThrow(FormatFault);
  });

  it('have commas below in Romanian, whichever way the letters came, and stay as they are elsewhere', () => {
    expect(formatText('Ştefan cel Mare, Braşov: preţ şi piat\u0327a\u0306', RO)).toBe('Ștefan cel Mare, Brașov: preț și piață');
    expect(formatText('Beşiktaş', { ...RO, locale: 'tr' })).toBe('Beşiktaş');
  });

  it('are one line within the rules of Meta, whatever they were', () => {
    expect(formatText('  Strada\tUnirii\r\n nr. 3     ap. 4 ', RO)).toBe('Strada Unirii nr. 3 ap. 4');
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\r\n\t]| {2}|\0/.test(formatText(text, RO))));
  });

  it('end with an ellipsis where they are too long', () => {
    expect([formatText('Mulțumim frumos', RO, 9), formatText('Mulțumim', RO, 9)]).toEqual(['Mulțumim…', 'Mulțumim']);
    expect(() => formatText('x', RO, 0)).toThrow(FormatFault);
  });
});

describe('the locale of a template', () => {
  it('is its language, and English for one that nobody can write', () => {
    expect([localeOf('en_US'), localeOf('ro'), localeOf('xx'), localeOf('nonsense!')]).toEqual(['en-US', 'ro', 'en', 'en']);
  });
});
