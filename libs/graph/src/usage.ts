import type { AnswerHeaders } from './exchange.js';
import { parseJson } from './json.js';

/** How much of Meta's call limits is used up, in percent: at 100 Meta throttles. */
export interface GraphUsage {
  /** The highest of the app's figures; undefined where the answer says nothing of them. */
  readonly appPercent: number | undefined;
  /** The highest of the accounts' figures. */
  readonly accountPercent: number | undefined;
  /** How long a throttled caller must wait, in seconds (Meta counts in minutes); 0 while nothing is throttled. */
  readonly regainAccessSeconds: number;
}

const PERCENTAGES = ['call_count', 'total_time', 'total_cputime'] as const;

type Usage = Readonly<Record<string, unknown>>;

/** Reads `x-app-usage` and `x-business-use-case-usage`; undefined where neither is there or can be read. */
export function readUsage(headers: AnswerHeaders): GraphUsage | undefined {
  const [appText, businessText] = [headers['x-app-usage'], headers['x-business-use-case-usage']];
  if (appText === undefined && businessText === undefined) return undefined;
  const app = [parseJson(appText)].filter(isRecord);
  const business = parseJson(businessText);
  const accounts = Object.values(isRecord(business) ? business : {})
    .flat()
    .filter(isRecord);
  if (app.length === 0 && accounts.length === 0) return undefined;
  const minutes = [...app, ...accounts].map((entry) => numberOf(entry['estimated_time_to_regain_access']));
  return {
    appPercent: highest(app),
    accountPercent: highest(accounts),
    regainAccessSeconds: 60 * Math.max(...minutes),
  };
}

function highest(entries: readonly Usage[]): number | undefined {
  if (entries.length === 0) return undefined;
  return Math.max(...entries.flatMap((entry) => PERCENTAGES.map((name) => numberOf(entry[name]))));
}

/** `Retry-After` in seconds; Meta does not document it, so the date form is not expected. */
export function readRetryAfter(headers: AnswerHeaders): number | undefined {
  const value = headers['retry-after'];
  return typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}

function isRecord(value: unknown): value is Usage {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
