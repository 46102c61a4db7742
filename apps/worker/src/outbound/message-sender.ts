import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import {
  Batcher,
  markSending,
  NumberPauses,
  observeBatcher,
  pgFailure,
  recordOutcomes,
  settleUnsent,
  SystemDb,
  type AttemptOutcome,
  type ClaimedMessage,
  type LeasedNumber,
  type RecordedOutcome,
  type SendingMark,
} from '@parley/data';
import { DomainError, messageType, type MessageKind } from '@parley/domain';
import { GraphClient, type SendOutcome } from '@parley/graph';
import { MAX_LATENESS_MS } from '@parley/limits';
import { logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { PinoLogger } from 'nestjs-pino';
import { PrepareMedia, UPLOADING_RETRY_MS, type PreparedMedia } from '../media/prepare-media.js';
import { TemplateDrift } from '../templates/template-drift.js';
import { AccessTokens, CredentialMissing } from './access-tokens.js';
import { CREDENTIAL_PAUSE_MS, decideOutcome } from './decide-outcome.js';
import { failpoint } from './failpoint.js';
import { sendBody, withGraphMedia } from './send-body.js';
import { SendingCapacity } from './sending-capacity.js';

/** One claimed message with the time at which it may leave. */
export interface Departure {
  lease: LeasedNumber;
  message: ClaimedMessage;
  /** performance.now() of the start. */
  startsAt: number;
  /** A new start for one that was missed; the old permit stays unused. */
  retake: () => Promise<number>;
  /** Called when the message holds a slot. */
  hasSlot: () => void;
  /** Called when it is decided whether this attempt may POST. */
  isMarked: () => void;
}

export type SendEnd = 'recorded' | 'fenced';

/** A mark begins ahead of the start by what marks took lately, within these bounds. */
const LEAST_MARK_LEAD_MS = 5;
const LONGEST_MARK_LEAD_MS = 200;
/** Weight of the newest mark in the running mean. */
const NEWEST_SHARE = 0.1;

/**
 * Carries one message over: mark (the attempt is committed), POST, record. Marks and records of all numbers of the
 * process share their sets.
 */
@Injectable()
export class MessageSender {
  private readonly marks: Batcher<SendingMark, boolean>;
  private readonly records: Batcher<AttemptOutcome, RecordedOutcome | null>;
  private markMs = LEAST_MARK_LEAD_MS;

  constructor(
    private readonly db: SystemDb,
    private readonly pauses: NumberPauses,
    private readonly graph: GraphClient,
    private readonly tokens: AccessTokens,
    private readonly capacity: SendingCapacity,
    private readonly media: PrepareMedia,
    private readonly drift: TemplateDrift,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    this.marks = new Batcher({
      name: 'mark',
      run: (marks) => markSending(db, marks),
      keyOf: ({ messageId }) => messageId,
      bytesOf: () => 256,
      observer: observeBatcher('mark', metrics, logger),
    });
    this.records = new Batcher({
      name: 'record',
      run: (outcomes) => recordOutcomes(db, outcomes),
      keyOf: ({ messageId }) => messageId,
      bytesOf: ({ answer }) => 512 + (answer?.length ?? 0),
      observer: observeBatcher('record', metrics, logger),
    });
    shutdown.add('flush-batchers', 'sending', async () => {
      await this.marks.close();
      await this.records.close();
    });
  }

  async send(departure: Departure): Promise<{ end: SendEnd; pairAwaited: boolean }> {
    const { lease, message } = departure;
    const token = await this.tokenOf(message);
    const media = await this.media.prepare(lease, message, token);
    if (media.kind !== 'ready') return this.turnBack(departure, media);
    await until(departure.startsAt - this.markMs);
    const outcome = await this.inSlot(departure, () => this.markAndPost(departure, token, media.ids));
    if (outcome === null) {
      this.metrics.inc('outbound_message_fenced_total');
      return { end: 'fenced', pairAwaited: false };
    }
    const recorded = await this.record(lease, message, outcome);
    failpoint('after-record');
    return { end: 'recorded', pairAwaited: recorded?.pairAwaited ?? false };
  }

  /** A message whose media are not with Meta does not leave: nothing is marked, nothing is POSTed. */
  private async turnBack({ lease, message }: Departure, media: Exclude<PreparedMedia, { kind: 'ready' }>): Promise<{ end: SendEnd; pairAwaited: boolean }> {
    const isFailed = media.kind === 'failed';
    const write = (outcome: AttemptOutcome) => settleUnsent(this.db, { ...outcome, counts: isFailed });
    const recorded = isFailed
      ? await this.record(lease, message, media.outcome, write, media.reason)
      : await write(uploading(message));
    return { end: recorded ? 'recorded' : 'fenced', pairAwaited: recorded?.pairAwaited ?? false };
  }

  /** A slot is held until the answer of the POST is there. */
  private async inSlot<T>({ hasSlot }: Departure, work: () => Promise<T>): Promise<T> {
    const { slots } = this.capacity;
    await slots.take();
    hasSlot();
    try {
      return await work();
    } finally {
      slots.giveBack();
    }
  }

  /** Null when another attempt or lease has the message. */
  private async markAndPost(departure: Departure, token: string | null, mediaIds: ReadonlyMap<string, string>): Promise<SendOutcome | null> {
    const { lease, message } = departure;
    failpoint('before-mark');
    const mayPost = await this.mark(lease, message);
    departure.isMarked();
    if (!mayPost) return null;
    failpoint('after-mark');
    await this.onTime(departure);
    const outcome = token === null ? NO_TOKEN : await this.post(lease, message, token, mediaIds);
    failpoint('after-post');
    return this.media.judge(lease, message, outcome);
  }

  private async tokenOf({ tenantId, accountId, credentialVersion }: ClaimedMessage): Promise<string | null> {
    try {
      return await this.tokens.get(tenantId, accountId, credentialVersion);
    } catch (error) {
      if (error instanceof CredentialMissing) return null;
      throw error;
    }
  }

  private async mark({ epoch, numberId }: LeasedNumber, { tenantId, id, attemptId }: ClaimedMessage): Promise<boolean> {
    const startedAt = performance.now();
    const isMarked = await this.marks.add({ tenantId, messageId: id, numberId, attemptId, epoch });
    const mean = this.markMs * (1 - NEWEST_SHARE) + (performance.now() - startedAt) * NEWEST_SHARE;
    this.markMs = Math.min(LONGEST_MARK_LEAD_MS, Math.max(LEAST_MARK_LEAD_MS, mean));
    return isMarked;
  }

  // A permit is good for its own moment only: a late start would come on top of those that follow.
  private async onTime({ startsAt, retake }: Departure): Promise<void> {
    let start = startsAt;
    while (performance.now() > start + MAX_LATENESS_MS) {
      this.metrics.inc('limiter_given_back_total');
      start = await retake();
    }
    await until(start);
  }

  private post({ graphId }: LeasedNumber, message: ClaimedMessage, token: string, mediaIds: ReadonlyMap<string, string>): Promise<SendOutcome> {
    const { id: messageId, attemptId, kind } = message;
    const event = kind === 'template' ? 'whatsapp.send_template.start' : 'whatsapp.send_message.start';
    logEvent(this.logger, event, { messageId, attemptId });
    const body = sendBody({ ...message, payload: withGraphMedia(message.payload, mediaIds) });
    return this.graph.sendMessage({ token, phoneNumberId: graphId, body });
  }

  private async record(
    lease: LeasedNumber,
    message: ClaimedMessage,
    outcome: SendOutcome,
    write = (settled: AttemptOutcome): Promise<RecordedOutcome | null> => this.records.add(settled),
    reason?: string,
  ): Promise<RecordedOutcome | null> {
    const { tenantId, id: messageId, attemptId } = message;
    const decided = decideOutcome(outcome, message, Math.random());
    const decision = { ...decided, reason: reason ?? decided.reason };
    if (decision.reason === 'credential.invalid') {
      await this.pauses.pause(lease.tenantId, lease.numberId, CREDENTIAL_PAUSE_MS, decision.reason);
      this.metrics.inc('alerts_total', { kind: 'escalation' });
      logEvent(this.logger, 'number.state_changed', { numberId: lease.numberId, to: 'PAUSED', reason: decision.reason });
    }
    this.tell(message, outcome, decision);
    this.drift.note(lease.numberId, decision.errorCode);
    // What Meta said must not be lost to a short absence of the database: without it the row would end as UNKNOWN.
    return RECORD_POLICY.execute(() => write({ tenantId, messageId, attemptId, ...decision }));
  }

  private tell(message: ClaimedMessage, outcome: SendOutcome, decision: Pick<AttemptOutcome, 'state' | 'reason' | 'errorCode' | 'traceId'>): void {
    const { id: messageId, attemptId, kind } = message;
    const type = messageType(kind as MessageKind);
    const fields = { messageId, attemptId, state: decision.state, reason: decision.reason, code: decision.errorCode, traceId: decision.traceId };
    const isTemplate = kind === 'template';
    const status = STATUS_LABELS[decision.state];
    this.metrics.inc('whatsapp_messages_sent_total', { type, status });
    if (outcome.kind === 'accepted') {
      this.metrics.inc('outbound_message_sent_total', { channel: 'WHATSAPP' });
      logEvent(this.logger, isTemplate ? 'whatsapp.send_template.success' : 'whatsapp.send_message.success', fields);
      return;
    }
    if (decision.state === 'FAILED') {
      this.metrics.inc('outbound_message_failed_total', { channel: 'WHATSAPP', error_code: String(decision.errorCode ?? decision.reason) });
    }
    if (outcome.kind === 'refused' && outcome.classification.class === 'throttled') {
      this.metrics.inc('limiter_violations_total', { error_code: String(decision.errorCode) });
    }
    if (outcome.kind === 'unknown') logEvent(this.logger, 'whatsapp.send_message.timeout', fields);
    else logEvent(this.logger, isTemplate ? 'whatsapp.send_template.template_error' : 'whatsapp.send_message.error', fields);
  }
}

const RECORD_POLICY = retry(handleWhen(isPassing), {
  maxAttempts: 12,
  backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 3_000 }),
});

const STATUS_LABELS = { ACCEPTED: 'accepted', WAITING: 'retry', FAILED: 'failed', UNKNOWN: 'unknown' } as const;

/** A message that rests while its media goes up: no attempt was made, none is counted. */
function uploading({ tenantId, id: messageId, attemptId }: ClaimedMessage): AttemptOutcome {
  const nothing = { wamid: null, waId: null, httpStatus: null, errorCode: null, errorSubcode: null, errorText: null, traceId: null, answer: null };
  return { ...nothing, tenantId, messageId, attemptId, outcome: 'not-sent', state: 'WAITING', retryInMs: UPLOADING_RETRY_MS, reason: 'media.uploading' };
}

/** Without a token nothing is sent; Meta would say the same with code 190. */
const NO_TOKEN: SendOutcome = {
  kind: 'refused',
  error: { httpStatus: 401, code: 190, subcode: undefined, title: 'The account has no usable access token', details: undefined, traceId: undefined, isTransient: false },
  classification: { class: 'credential', scope: 'account', whatToDo: 'Give the account a valid access token.', waitSeconds: null, known: true },
  retryAfterSeconds: undefined,
};

/** The database is away, or made this set the victim of a deadlock once more: nothing is wrong with the outcome. */
function isPassing(error: unknown): boolean {
  return pgFailure(error) === 'transient' || (error instanceof DomainError && error.code === 'database.unavailable');
}

async function until(instant: number): Promise<void> {
  const waitMs = instant - performance.now();
  if (waitMs > 0.5) await delay(waitMs);
}
