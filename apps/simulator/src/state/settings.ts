import { Injectable } from '@nestjs/common';
import type { ThroughputLevel } from './account.js';

/** Delays between the steps of a message, each counted from the step before it, in milliseconds. */
export interface StatusDelays {
  readonly sent: number;
  readonly delivered: number;
  readonly read: number;
  /** As `read` where it is left out. */
  readonly played?: number;
}

/** A span that a time is drawn from, in milliseconds, both ends included. */
export interface Span {
  readonly min: number;
  readonly max: number;
}

/** Spans of the delays between the steps of a message. */
export interface StatusSpans {
  readonly sent: Span;
  readonly delivered: Span;
  readonly read: Span;
  readonly played: Span;
}

/** What can be turned while the simulator runs (PUT /control/settings). */
export interface SettingValues {
  /** Fixed delays; null: they are drawn from `statusSpansMs`. */
  statusDelaysMs: StatusDelays | null;
  statusSpansMs: StatusSpans;
  /** Whether statuses are sent at all. */
  statuses: boolean;
  /** Share of the delivered messages that are read (0 to 1). */
  readShare: number;
  /** Share of the voice notes read that are played, too (0 to 1). */
  playedShare: number;
  /** Share of the messages that skip `delivered`, as Meta does while the chat is open (0 to 1). */
  readWithoutDeliveredShare: number;
  /** Share of the asynchronous failures that are preceded by `sent` (0 to 1). */
  failedAfterSentShare: number;
  /** Whether statuses carry a `conversation`, as up to v23.0 of webhooks; later versions leave it out. */
  conversationObjects: boolean;
  /** Whether statuses carry `contacts`, as from 2026 on. */
  statusContacts: boolean;
  /** How long the answer to a send takes, in milliseconds. */
  answerDelayMs: Span;
  /** Whether a 46th message to one person within the time of its debt is refused with 131056. */
  pairLimit: boolean;
  /** Messages to one person that may be sent at once. Meta: 45. */
  pairBurst: number;
  /** How long each of them takes to be paid. Meta: 6 s. */
  pairIntervalMs: number;
  /** Whether a number above its throughput is refused with 130429. */
  throughputLimit: boolean;
  /** Messages a second by level. Meta: 80, 1,000 after the upgrade, 20 beside the business app. */
  throughputPerSecond: Readonly<Record<ThroughputLevel, number>>;
  /** Whether what customers write counts towards the throughput, as with Meta. */
  inboundCounts: boolean;
  /** Whether a portfolio that spent its messaging limit is refused with 131048. */
  messagingLimit: boolean;
  /** Whether free-form messages outside the 24 hours fail with 131047. */
  serviceWindow: boolean;
  /** Whether marketing templates to people who stopped them fail with 131050. */
  marketingOptOut: boolean;
  /** Marketing templates to one person in 24 hours, of all businesses; more fail with 131049. Null: no cap. */
  marketingCap: number | null;
  /** Share of the marketing templates that are held for quality assessment before they go on (0 to 1). */
  heldShare: number;
  /** How long they are held. Where their template was paused meanwhile they fail with 132015. */
  heldMs: Span;
  /** Whether numbers of Brazil, Mexico and Argentina have the wa_id that WhatsApp gives them. */
  waIdRewriting: boolean;
  /** Whether a recipient that ends in an error code gets that code. */
  magicRecipients: boolean;
  /** How many further times each update is sent. */
  duplicates: number;
  /** Whether the statuses of a message come in a random order. */
  shuffle: boolean;
  /** Whether `sent` reaches the receiver before the send itself is answered. */
  statusBeforeAnswer: boolean;
  /** Whether the ledger keeps the request bodies of the newest messages (off saves memory in long load runs). */
  ledgerBodies: boolean;
  /** Accepted messages that the ledger remembers; the oldest make room. */
  ledgerCapacity: number;
  /** Webhook requests under way at once, for each callback. */
  webhookConcurrency: number;
  /** Updates in one webhook request at most. Meta: 1,000. Batches grow only while the receiver is behind. */
  webhookBatchMax: number;
  webhookTimeoutMs: number;
  /** How much later than it happened each update goes out; a span also mixes up their order. */
  webhookDelayMs: Span;
  /** Share of the updates that are never sent (0 to 1). */
  webhookDropShare: number;
  /** Waits before each further attempt; after the last one the webhook is given up. Null: Meta's 7 days, compressed. */
  webhookRetryDelaysMs: readonly number[] | null;
  /** How many times faster than Meta webhooks are repeated: with 1,440 a day takes a minute. */
  webhookRetryFactor: number;
  /** How long the review of a template takes; null where it is done by hand only. Meta: seconds to a day. */
  templateReviewDelayMs: Span | null;
  /** Share of the templates that the review rejects (0 to 1). */
  templateRejectShare: number;
  /** Management calls of one app to one account within an hour; null for Meta's own 200, or 5,000 with a number. */
  managementCallsPerHour: number | null;
  /** Calls of one app within an hour; null for no limit. */
  appCallsPerHour: number | null;
}

const NO_SPAN: Span = { min: 0, max: 0 };

const DEFAULTS: Readonly<SettingValues> = {
  statusDelaysMs: null,
  statusSpansMs: {
    sent: { min: 100, max: 1000 },
    delivered: { min: 1000, max: 5000 },
    read: { min: 2000, max: 20_000 },
    played: { min: 2000, max: 20_000 },
  },
  statuses: true,
  readShare: 0.8,
  playedShare: 0.8,
  readWithoutDeliveredShare: 0,
  failedAfterSentShare: 0.3,
  conversationObjects: false,
  statusContacts: false,
  answerDelayMs: NO_SPAN,
  pairLimit: true,
  pairBurst: 45,
  pairIntervalMs: 6000,
  throughputLimit: true,
  throughputPerSecond: { STANDARD: 80, HIGH: 1000, COEXISTENCE: 20 },
  inboundCounts: true,
  messagingLimit: true,
  serviceWindow: true,
  marketingOptOut: true,
  marketingCap: null,
  heldShare: 0,
  heldMs: { min: 5000, max: 60_000 },
  waIdRewriting: true,
  magicRecipients: true,
  duplicates: 0,
  shuffle: false,
  statusBeforeAnswer: false,
  ledgerBodies: true,
  ledgerCapacity: 200_000,
  webhookConcurrency: 32,
  webhookBatchMax: 100,
  webhookTimeoutMs: 10_000,
  webhookDelayMs: NO_SPAN,
  webhookDropShare: 0,
  webhookRetryDelaysMs: null,
  webhookRetryFactor: 1440,
  templateReviewDelayMs: { min: 500, max: 3000 },
  templateRejectShare: 0,
  managementCallsPerHour: null,
  appCallsPerHour: null,
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
