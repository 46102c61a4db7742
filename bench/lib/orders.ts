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
