import { Injectable } from '@nestjs/common';

/** Delays between the steps of a message, each counted from the step before it, in milliseconds. */
export interface StatusDelays {
  readonly sent: number;
  readonly delivered: number;
  readonly read: number;
}

/** What can be turned while the simulator runs (PUT /control/settings). */
export interface SettingValues {
  /** Fixed delays, or null for realistic ones (sent 0.1-1 s, delivered 1-5 s, read 2-20 s). */
  statusDelaysMs: StatusDelays | null;
  /** Whether statuses are sent at all. */
  statuses: boolean;
  /** Share of the delivered messages that are read (0 to 1). */
  readShare: number;
  /** Share of the asynchronous failures that are preceded by `sent` (0 to 1). */
  failedAfterSentShare: number;
  /** How long the answer to a send takes, in milliseconds. */
  answerDelayMs: { readonly min: number; readonly max: number };
  pairLimit: boolean;
  throughputLimit: boolean;
  /** Whether free-form messages outside the 24 hours fail with 131047. */
  serviceWindow: boolean;
  /** Whether a recipient that ends in an error code gets that code. */
  magicRecipients: boolean;
  /** How many further times each update is sent. */
  duplicates: number;
  /** Whether the statuses of a message come in a random order. */
  shuffle: boolean;
  /** Whether `sent` reaches the receiver before the send itself is answered. */
  statusBeforeAnswer: boolean;
  /** Whether the ledger keeps the request bodies (off saves memory in long load runs). */
  ledgerBodies: boolean;
  /** Webhook requests under way at once, for each callback. */
  webhookConcurrency: number;
  /** Updates in one webhook request at most. Meta: 1,000. Batches grow only while the receiver is behind. */
  webhookBatchMax: number;
  webhookTimeoutMs: number;
  /** Waits before each further attempt; after the last one the webhook is given up. Meta: days, here minutes. */
  webhookRetryDelaysMs: readonly number[];
}

const DEFAULTS: Readonly<SettingValues> = {
  statusDelaysMs: null,
  statuses: true,
  readShare: 0.8,
  failedAfterSentShare: 0.3,
  answerDelayMs: { min: 0, max: 0 },
  pairLimit: true,
  throughputLimit: true,
  serviceWindow: true,
  magicRecipients: true,
  duplicates: 0,
  shuffle: false,
  statusBeforeAnswer: false,
  ledgerBodies: true,
  webhookConcurrency: 32,
  webhookBatchMax: 100,
  webhookTimeoutMs: 10_000,
  webhookRetryDelaysMs: [0, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 60_000, 60_000, 60_000, 60_000],
};

/** The settings in force. */
@Injectable()
export class Settings {
  private current: SettingValues = { ...DEFAULTS };

  get values(): Readonly<SettingValues> {
    return this.current;
  }

  /** Changes the given settings and leaves the others. */
  change(changes: Partial<SettingValues>): Readonly<SettingValues> {
    this.current = { ...this.current, ...changes };
    return this.current;
  }

  clear(): void {
    this.current = { ...DEFAULTS };
  }
}
