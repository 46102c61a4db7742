/** What a bench and its processes say to each other. */

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
