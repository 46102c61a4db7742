/** What a backend is asked for: up to `count` start times of one number, `intervalUs` apart. All times in microseconds. */
export interface ReserveRequest {
  readonly numberId: string;
  readonly count: number;
  readonly intervalUs: number;
  /** No start is earlier than this after the backend's now. */
  readonly leadUs: number;
  /** No start is later than this after the backend's now. */
  readonly horizonUs: number;
  /** Where the window must start empty: no start is earlier than this after the backend's now. */
  readonly quietUs: number;
  /** Whether `quietUs` binds in any case (the backend changed), or only when the backend does not know the number. */
  readonly quiet: 'always' | 'unless-known' | 'never';
}

/** What a backend reserved, by the backend's own clock: `granted` starts from `firstAtUs` on. */
export interface Reservation {
  readonly nowUs: number;
  /** The first start; where nothing was granted, the earliest time that could have been. */
  readonly firstAtUs: number;
  readonly granted: number;
}

/**
 * Where the next free start time of each number is kept. One call is one atomic step, and starts that two calls are
 * given are never closer than `intervalUs`. Both backends pass test/support/permit-store-contract.ts.
 */
export interface PermitStore {
  /** @throws when the backend does not answer; what it may have reserved then stays unused. */
  reserve(request: ReserveRequest): Promise<Reservation>;
}

export type PermitBackend = 'redis' | 'database';
