/** What a bench and its processes say to each other. */
import type { SendBody } from '@parley/graph';

/** Connections of the load generator, and of both sides of `drain`. */
export const LOAD_CONNECTIONS = 64;

/** A request that only needs to be written. `headers`: name, value, name, value. */
export interface PreparedRequest {
  readonly headers: string[];
  readonly body: Uint8Array;
}

export interface LoadOrder {
  readonly origin: string;
  readonly path: string;
  readonly requests: readonly PreparedRequest[];
  /** LOAD_CONNECTIONS where it is left out. */
  readonly connections?: number;
}

export interface LoadReport {
  readonly elapsedMs: number;
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface DrainOrder {
  readonly origin: string;
  readonly path: string;
  readonly connections: number;
  readonly bodies: readonly object[];
}

export interface DrainReport {
  readonly elapsedMs: number;
}

export interface SendOrder {
  readonly origin: string;
  /** Of the Graph API: `v25.0`. */
  readonly version: string;
  readonly phoneNumberId: string;
  readonly connections: number;
  readonly bodies: readonly SendBody[];
}

export interface SendReport {
  readonly elapsedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Tells a receiver of webhooks how many statuses are to come until it reports. */
export interface ReceiveOrder {
  readonly statuses: number;
}

export interface ReceiveReport {
  /** How many webhooks they came in. */
  readonly requests: number;
}

/** Sends that a sink got since it was asked last: to whom, and when by the wall clock, in Unix ms. */
export interface Arrivals {
  readonly arrivals: readonly (readonly [to: string, atMs: number])[];
}

/** Load at a steady rate. */
export interface PacedOrder extends LoadOrder {
  readonly perSecond: number;
  readonly connections: number;
  /** Nothing leaves after so long, in ms. */
  readonly forMs: number;
}

export interface PacedReport {
  readonly sent: number;
  /** How many answers had which status; 0 stands for none at all. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** When each request left, in their order, in Unix ms. */
  readonly sentAtMs: readonly number[];
}

/** Asks the clocked sink what came; from then on it answers after a time between these. */
export interface SinkOrder {
  readonly answerMs?: { readonly least: number; readonly most: number };
}

/** So many decisions of the limiter, from so many callers at once. */
export interface ChecksOrder {
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly what: 'redis' | 'database' | 'quota';
  readonly decisions: number;
  readonly callers: number;
  /** Left out: a new one for each decision. */
  readonly keys?: readonly string[];
}

export interface ChecksReport {
  readonly elapsedMs: number;
  readonly refused: number;
}
