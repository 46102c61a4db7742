/** Pairs that are to be counted with the starts: one contact for each start, each once. */
export interface AskedPairs {
  readonly tenantId: string;
  readonly contactIds: readonly string[];
}

/** What a backend is asked for: up to `count` start times of one number, `intervalUs` apart. All times in microseconds. */
export interface ReserveRequest {
  readonly numberId: string;
  readonly count: number;
  /** Between two starts at the full rate; a number that was slowed down has more. */
  readonly intervalUs: number;
  /** No start is earlier than this after the backend's now. */
  readonly leadUs: number;
  /** No start is later than this after the backend's now. */
  readonly horizonUs: number;
  /** Where the window must start empty: no start is earlier than this after the backend's now. */
  readonly quietUs: number;
  /** Whether `quietUs` binds in any case (the backend changed), or only when the backend does not know the number. */
  readonly quiet: 'always' | 'unless-known' | 'never';
  /** Which of the number's windows. That of business-initiated messages knows neither pairs nor slow-downs. */
  readonly window?: 'number' | 'business';
  /** Left out for starts that replace missed ones: their pairs are counted already. */
  readonly pairs?: AskedPairs;
}

/** What a backend reserved, by the backend's own clock: `granted` starts from `firstAtUs` on. */
export interface Reservation {
  readonly nowUs: number;
  /** The first start; where nothing was granted, the earliest time that could have been. */
  readonly firstAtUs: number;
  readonly granted: number;
  /** Between two of these starts. */
  readonly intervalUs: number;
  /**
   * What each of the asked pairs has to wait, by position; 0: it may send, and the starts go to the first of those. Empty
   * where no pairs were asked for, or there was no start to give.
   */
  readonly pairWaitsUs: readonly number[];
}

/** What a number's last slow-down left of its rate, and how long ago it was. */
export interface SlowedNumber {
  readonly share: number;
  readonly agoMs: number;
}

/** A number of a tenant. */
export interface NumberOfTenant {
  readonly tenantId: string;
  readonly numberId: string;
}

/**
 * Where the next free start time of each number is kept. One call is one atomic step, and starts that two calls are
 * given are never closer than `intervalUs`. Both backends pass test/support/permit-store-contract.ts.
 */
export interface PermitStore {
  /** @throws when the backend does not answer; what it may have reserved then stays unused. */
  reserve(request: ReserveRequest): Promise<Reservation>;
  /** Messages that came in use up starts of the number. */
  countInbound(numberId: string, count: number, furthestUs: number): Promise<void>;
}

/** For a store that counts a pair's send when it is granted, not when it happens. */
export interface PairRefunds {
  refundPairs(numberId: string, contactIds: readonly string[]): Promise<void>;
}

export type PermitBackend = 'redis' | 'database';
