import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Batcher, markSending, observeBatcher, settleUnsent, SystemDb, type AttemptOutcome, type ClaimedMessage, type LeasedNumber, type SendingMark } from '@parley/data';
import { GraphClient, type SendOutcome } from '@parley/graph';
import { MAX_LATENESS_MS } from '@parley/limits';
import { CredentialMissing, CredentialsUnavailable } from '@parley/messaging';
import { logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { PrepareMedia, UPLOADING_RETRY_MS, type PreparedMedia } from '../media/prepare-media.js';
import { AccessTokens } from './access-tokens.js';
import { failpoint } from './failpoint.js';
import { partyOf } from './governed.js';
import { LeadTime } from './lead-time.js';
import { NumberBreakers } from './number-breakers.js';
import { RefusedTokens } from './refused-tokens.js';
import { sendBody, withGraphMedia } from './send-body.js';
import { SendingCapacity } from './sending-capacity.js';
import { SettleAttempt } from './settle-attempt.js';
import { TeachGovernor } from './teach-governor.js';

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

/** A mark takes what marks took lately, within these bounds. */
const SHORTEST_MARK_MS = 5;
const LONGEST_MARK_MS = 200;
/** Of how late a start may be, half is for the way to Meta. */
const LONGEST_LATENESS_MS = MAX_LATENESS_MS / 2;
/** The only messages that are due are planned so late: half of what they may be, so that they do not wait for what their marks hardly ever take. */
const EXPECTED_LATENESS_MS = LONGEST_LATENESS_MS / 2;
/** A claimed message is leased for 5 s: a slow source of tokens must keep neither it nor the turn of its number. */
const TOKEN_WAIT_MS = 1_500;
const CREDENTIAL_RETRY_MS = 5_000;

/** Carries one message over: mark (the attempt is committed), POST, record. Marks of all numbers of the process share their sets. */
@Injectable()
export class MessageSender {
  private readonly marks: Batcher<SendingMark, boolean>;
  private readonly markTime = new LeadTime(SHORTEST_MARK_MS, LONGEST_MARK_MS);

  constructor(
    private readonly db: SystemDb,
    private readonly graph: GraphClient,
    private readonly tokens: AccessTokens,
    private readonly refused: RefusedTokens,
    private readonly capacity: SendingCapacity,
    private readonly media: PrepareMedia,
    private readonly breakers: NumberBreakers,
    private readonly attempts: SettleAttempt,
    private readonly governor: TeachGovernor,
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
    shutdown.add('flush-batchers', 'marks', () => this.marks.close());
  }

  /** How long before its start a message has to be at hand, in ms. */
  get leadMs(): number {
    return this.markTime.ms;
  }

  /** The same for a few behind which nothing is due: where one of them comes too late, no pace is lost. */
  get shortLeadMs(): number {
    return this.markTime.ms - EXPECTED_LATENESS_MS;
  }

  async send(departure: Departure): Promise<{ end: SendEnd; pairAwaited: boolean }> {
    const { lease, message } = departure;
    const token = await this.tokenOf(message);
    if (token === undefined) return this.setBack(message, CREDENTIAL_RETRY_MS, 'credential.unavailable');
    const media = await this.media.prepare(lease, message, token);
    if (media.kind !== 'ready') return this.turnBack(departure, media, token);
    await until(departure.startsAt - this.leadMs);
    const outcome = await this.inSlot(departure, () => this.markAndPost(departure, token, media.ids));
    if (outcome === null) {
      this.metrics.inc('outbound_message_fenced_total');
      return { end: 'fenced', pairAwaited: false };
    }
    const [recorded] = await Promise.all([
      this.attempts.settle(lease, message, outcome),
      token === null || this.breakers.note(lease, outcome),
      !refusesToken(outcome) || this.refused.note(message, token),
      token === null || this.governor.note(lease, message, outcome),
    ]);
    failpoint('after-record');
    return { end: 'recorded', pairAwaited: recorded?.pairAwaited ?? false };
  }

  /** A message whose media are not with Meta does not leave: nothing is marked, nothing is POSTed. */
  private async turnBack(
    { lease, message }: Departure,
    media: Exclude<PreparedMedia, { kind: 'ready' }>,
    token: string | null,
  ): Promise<{ end: SendEnd; pairAwaited: boolean }> {
    if (media.kind === 'uploading') return this.setBack(message, UPLOADING_RETRY_MS, 'media.uploading');
    const write = (outcome: AttemptOutcome) => settleUnsent(this.db, { ...outcome, counts: true });
    const recorded = await this.attempts.settle(lease, message, media.outcome, { write, reason: media.reason });
    if (refusesToken(media.outcome)) await this.refused.note(message, token);
    return { end: recorded ? 'recorded' : 'fenced', pairAwaited: recorded?.pairAwaited ?? false };
  }

  /** A message that rests for a moment, through no fault of its own: no attempt was made, none is counted. */
  private async setBack({ tenantId, id: messageId, attemptId }: ClaimedMessage, retryInMs: number, reason: string): Promise<{ end: SendEnd; pairAwaited: boolean }> {
    const resting = { ...NOTHING_HAPPENED, tenantId, messageId, attemptId, retryInMs, reason };
    const recorded = await settleUnsent(this.db, resting);
    return { end: recorded ? 'recorded' : 'fenced', pairAwaited: recorded?.pairAwaited ?? false };
  }

  /** A slot is held until the answer of the POST is there. */
  private async inSlot<T>({ lease, hasSlot }: Departure, work: () => Promise<T>): Promise<T> {
    const { slots } = this.capacity;
    const party = partyOf(lease);
    await slots.take(party);
    hasSlot();
    try {
      return await work();
    } finally {
      slots.giveBack(party);
    }
  }

  /** Null when another attempt or lease has the message. */
  private async markAndPost(departure: Departure, token: string | null, mediaIds: ReadonlyMap<string, string>): Promise<SendOutcome | null> {
    const { lease, message } = departure;
    await this.breakers.begin(lease);
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

  /** null: the account has none; undefined: nobody can say at present. */
  private async tokenOf({ tenantId, accountId, credentialVersion }: ClaimedMessage): Promise<string | null | undefined> {
    const asked = this.tokens.get(tenantId, accountId, credentialVersion);
    if (typeof asked === 'string') return asked;
    try {
      return await Promise.race([asked, delay(TOKEN_WAIT_MS, undefined, { ref: false })]);
    } catch (error) {
      if (error instanceof CredentialMissing) return null;
      if (error instanceof CredentialsUnavailable) return undefined;
      throw error;
    }
  }

  private async mark({ epoch, numberId }: LeasedNumber, { tenantId, id, attemptId }: ClaimedMessage): Promise<boolean> {
    const startedAt = performance.now();
    const isMarked = await this.marks.add({ tenantId, messageId: id, numberId, attemptId, epoch });
    this.markTime.note(performance.now() - startedAt);
    return isMarked;
  }

  // A permit is good for its own moment only: a late start would come on top of those that follow.
  private async onTime({ startsAt, retake }: Departure): Promise<void> {
    await until(startsAt);
    // Looked at after each wait: the event loop may have come back too late from it.
    for (let start = startsAt; performance.now() > start + LONGEST_LATENESS_MS; await until(start)) {
      this.metrics.inc('limiter_given_back_total');
      start = await retake();
    }
  }

  private post({ graphId }: LeasedNumber, message: ClaimedMessage, token: string, mediaIds: ReadonlyMap<string, string>): Promise<SendOutcome> {
    const { id: messageId, attemptId, kind } = message;
    const event = kind === 'template' ? 'whatsapp.send_template.start' : 'whatsapp.send_message.start';
    logEvent(this.logger, event, { messageId, attemptId });
    const body = sendBody({ ...message, payload: withGraphMedia(message.payload, mediaIds) });
    return this.graph.sendMessage({ token, phoneNumberId: graphId, body });
  }
}

const NOTHING_HAPPENED = {
  outcome: 'not-sent', state: 'WAITING', waitCause: 'retry', isSpared: false, counts: false,
  wamid: null, waId: null, httpStatus: null, errorCode: null, errorSubcode: null, errorText: null, traceId: null, answer: null,
} as const;

/** Without a token nothing is sent; Meta would say the same with code 190. */
const NO_TOKEN: SendOutcome = {
  kind: 'refused',
  error: { httpStatus: 401, code: 190, subcode: undefined, title: 'The account has no usable access token', details: undefined, traceId: undefined, isTransient: false },
  classification: { class: 'credential', scope: 'account', whatToDo: 'Give the account a valid access token.', waitSeconds: null, known: true },
  retryAfterSeconds: undefined,
};

function refusesToken(outcome: SendOutcome): boolean {
  return outcome.kind === 'refused' && outcome.classification.class === 'credential';
}

async function until(instant: number): Promise<void> {
  // A timer counts whole milliseconds and may be a little early; a start never is.
  for (let waitMs = instant - performance.now(); waitMs > 0; waitMs = instant - performance.now()) await delay(Math.ceil(waitMs));
}
