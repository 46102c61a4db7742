import { amountText, priceOf, readRateCard, RateCardInvalid } from './rate-card.js';
import { LIST_RATE_CARD } from './rate-card-data.js';

const price = (recipient: string, category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION' | null, windowOpen = false) =>
  priceOf(LIST_RATE_CARD, { recipient, category, windowOpen });

describe('the price of a message', () => {
  it.each([
    ['a text', null, true, 0, 'session'],
    ['a utility template in the window', 'UTILITY', true, 0, 'utility-in-window'],
    ['a utility template outside of it', 'UTILITY', false, 21_200, null],
    ['a marketing template, in the window too', 'MARKETING', true, 86_000, null],
    ['a code, in the window too', 'AUTHENTICATION', true, 21_200, null],
  ] as const)('of %s', (_, category, windowOpen, micros, free) => {
    expect(price('+40723000111', category, windowOpen)).toMatchObject({ micros, free });
  });

  it('goes by the calling code, the longer one first', () => {
    expect(price('+12025550123', 'MARKETING').market).toBe('North America');
    expect(price('+17875550123', 'MARKETING').market).toBe('Rest of Latin America');
    expect(price('+971501234567', 'MARKETING').market).toBe('United Arab Emirates');
    expect(price('+3725550123', 'MARKETING')).toEqual({ micros: 60_400, market: 'Other', free: null });
  });

  it('is not known of a recipient who shows no number', () => {
    expect(price('RO.1A2B3C4D5E6F7A8B9C0D', 'MARKETING')).toEqual({ micros: null, market: null, free: null });
  });

  it.each([[21_200, '0.0212'], [0, '0.0000'], [1_234_567, '1.234567'], [1_400, '0.0014'], [86_000_000, '86.0000']])('of %i millionths is written %s', (micros, text) => {
    expect(amountText(micros)).toBe(text);
  });
});

describe('a rate card', () => {
  it('of the product is one that can be read, and names no calling code twice', () => {
    expect(readRateCard(JSON.parse(JSON.stringify(LIST_RATE_CARD)))).toEqual(LIST_RATE_CARD);
    const codes = LIST_RATE_CARD.markets.flatMap(({ callingCodes }) => callingCodes);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each([
    ['nothing', null, '/currency'],
    ['a price below zero', { ...LIST_RATE_CARD, other: { marketing: -1, utility: 0, authentication: 0 } }, '/other/marketing'],
    ['a market without prices', { ...LIST_RATE_CARD, markets: [{ name: 'X', callingCodes: ['1'] }] }, '/markets/0/utility'],
    ['a calling code with a plus', { ...LIST_RATE_CARD, markets: [{ name: 'X', callingCodes: ['+1'], marketing: 0, utility: 0, authentication: 0 }] }, '/markets/0/callingCodes'],
    ['a date of another form', { ...LIST_RATE_CARD, asOf: '1.1.2026' }, '/asOf'],
  ])('with %s is refused, and the place is named', (_, card, place) => {
    expect(() => readRateCard(card)).toThrow(RateCardInvalid);
    expect(() => readRateCard(card)).toThrow(place);
  });
});
