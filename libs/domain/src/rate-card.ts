import { isJsonObject, type JsonObject } from './json.js';
import type { TemplateCategory } from './template.js';
import { isBusinessScopedId } from './webhook-event.js';

/** What one delivered template message costs, by category. In whole units of the card's currency. */
export interface Rates {
  readonly marketing: number;
  readonly utility: number;
  readonly authentication: number;
}

/** A country or group of countries with one price. */
export interface Market extends Rates {
  readonly name: string;
  /** Digits with which its phone numbers begin; where two markets fit, the longer one counts. */
  readonly callingCodes: readonly string[];
}

/** Meta's prices at a date, in one currency. */
export interface RateCard {
  /** ISO 4217. */
  readonly currency: string;
  /** The day from which the prices hold: `2026-01-01`. */
  readonly asOf: string;
  readonly markets: readonly Market[];
  /** For whatever is in no market. */
  readonly other: Rates;
}

/** A message as far as its price goes. */
export interface Priced {
  /** Null for everything that is no template. */
  readonly category: TemplateCategory | null;
  /** E.164, or a business-scoped user id. */
  readonly recipient: string;
  readonly windowOpen: boolean;
}

export interface Price {
  /** In millionths of the currency; null where the country of the recipient is not known. */
  readonly micros: number | null;
  /** The card's name of the market; null where nothing is charged or the country is not known. */
  readonly market: string | null;
  /** Why nothing is charged; null where something is. */
  readonly free: 'session' | 'utility-in-window' | null;
}

const MICROS = 1_000_000;
const OTHER = 'Other';

/**
 * What Meta charges for a message once it is delivered, by the rules since July 2025: only templates cost, and a utility
 * template in the customer service window does not. Windows that an advertisement opened are free as well; they are not
 * known here.
 */
export function priceOf(card: RateCard, { category, recipient, windowOpen }: Priced): Price {
  if (category === null) return { micros: 0, market: null, free: 'session' };
  if (category === 'UTILITY' && windowOpen) return { micros: 0, market: null, free: 'utility-in-window' };
  if (isBusinessScopedId(recipient)) return { micros: null, market: null, free: null };
  const market = marketOf(card, recipient.replace(/^\+/, ''));
  const rate = (market ?? card.other)[category.toLowerCase() as keyof Rates];
  return { micros: Math.round(rate * MICROS), market: market?.name ?? OTHER, free: null };
}

/** The price of one delivered message for a number that begins with these digits, in millionths of the currency. */
export function ratedMicros(card: RateCard, category: keyof Rates, digits: string): number {
  return Math.round((marketOf(card, digits) ?? card.other)[category] * MICROS);
}

/** `0.0113`: at least four decimals, at most six. */
export function amountText(micros: number): string {
  return (micros / MICROS).toFixed(6).replace(/0{1,2}$/, '');
}

function marketOf({ markets }: RateCard, digits: string): Market | null {
  let best: { market: Market; length: number } | null = null;
  for (const market of markets) {
    for (const code of market.callingCodes) {
      if (digits.startsWith(code) && code.length > (best?.length ?? 0)) best = { market, length: code.length };
    }
  }
  return best?.market ?? null;
}

/** A rate card that cannot be used, with all that is wrong by its place. */
export class RateCardInvalid extends Error {
  override readonly name = 'RateCardInvalid';

  constructor(readonly problems: readonly string[]) {
    super(`The rate card cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** Reads a card from outside. @throws RateCardInvalid with everything that is wrong. */
export function readRateCard(value: unknown): RateCard {
  const problems: string[] = [];
  const need = (isRight: boolean, problem: string): void => void (isRight || problems.push(problem));
  const needRates = (rates: unknown, at: string): void => {
    for (const category of ['marketing', 'utility', 'authentication']) {
      const rate = isJsonObject(rates) ? rates[category] : undefined;
      need(typeof rate === 'number' && rate >= 0 && rate < MICROS, `${at}/${category} must be a price of 0 or more`);
    }
  };
  const card = (isJsonObject(value) ? value : {}) as JsonObject;
  need(/^[A-Z]{3}$/.test(String(card.currency)), '/currency must be a code such as USD');
  need(/^\d{4}-\d\d-\d\d$/.test(String(card.asOf)), '/asOf must be a date such as 2026-01-01');
  need(Array.isArray(card.markets), '/markets must be a list');
  for (const [at, market] of (Array.isArray(card.markets) ? card.markets : []).entries()) {
    const { name, callingCodes }: JsonObject = isJsonObject(market) ? market : {};
    need(typeof name === 'string' && name !== '', `/markets/${at}/name must be a text`);
    const areCodes = Array.isArray(callingCodes) && callingCodes.every((code) => /^[1-9]\d{0,6}$/.test(String(code)));
    need(areCodes, `/markets/${at}/callingCodes must be a list of digits such as "40"`);
    needRates(market, `/markets/${at}`);
  }
  needRates(card.other, '/other');
  if (problems.length > 0) throw new RateCardInvalid(problems);
  return card as unknown as RateCard;
}
