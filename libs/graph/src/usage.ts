import { parseJson } from './json.js';

/** How much of Meta's call limits is used up. */
export interface GraphUsage {
  /** The highest of the percentages; at 100 Meta throttles. */
  readonly percent: number;
  /** How long a throttled caller must wait, in seconds (Meta counts in minutes); 0 while nothing is throttled. */
  readonly regainAccessSeconds: number;
}

const PERCENTAGES = ['call_count', 'total_time', 'total_cputime'] as const;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Reads `x-app-usage` and `x-business-use-case-usage`; undefined where neither is there or can be read. */
export function readUsage(headers: Headers): GraphUsage | undefined {
  const app = parseJson(headers['x-app-usage']);
  const business = parseJson(headers['x-business-use-case-usage']);
  const entries = [app, ...Object.values(isRecord(business) ? business : {}).flat()].filter(isRecord);
  if (entries.length === 0) return undefined;
  return {
    percent: Math.max(...entries.flatMap((entry) => PERCENTAGES.map((name) => numberOf(entry[name])))),
    regainAccessSeconds: 60 * Math.max(...entries.map((entry) => numberOf(entry['estimated_time_to_regain_access']))),
  };
}

/** `Retry-After` in seconds; Meta does not document it, so the date form is not expected. */
export function readRetryAfter(headers: Headers): number | undefined {
  const value = headers['retry-after'];
  return typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
