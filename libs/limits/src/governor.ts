import type { TierBudgets } from '@parley/data';
import type {
  Admission,
  AdmissionCause,
  Admissions,
  Candidate,
  GovernedNumber,
  GovernorObserver,
  Learned,
  MetaAnswer,
  Retaken,
} from './admission.js';
import { assignSlots, classIntervalUs } from './business-slots.js';
import type { MetaFeedback } from './meta-feedback.js';
import { HORIZON_MS, intervalUs } from './pacing.js';
import type { PermitBackend } from './permit-store.js';
import type { Quota, QuotaView } from './quota/quota.js';
import { QuotaWindows } from './quota/quota-windows.js';
import type { Permits, SendPermits } from './send-permits.js';
import { tierLimit } from './tier-limit.js';

export interface GovernorParts {
  readonly permits: SendPermits;
  readonly quota: Pick<Quota, 'take' | 'giveBack'>;
  readonly tiers: Pick<TierBudgets, 'take' | 'giveBack'>;
  readonly feedback: Pick<MetaFeedback, 'slowDown' | 'penalise' | 'forgive'>;
  /** At most so many business-initiated messages of a number in any second, where its throughput allows more. */
  readonly businessPerSecond: number;
  readonly observer: GovernorObserver;
}

/** A candidate on its way through the limits. */
interface Asked {
  readonly candidate: Candidate;
  admission: Admission | null;
}

const TOO_FAST = 130_429;
const PAIR_TOO_FAST = 131_056;
const IN_MAINTENANCE = 131_057;

/** How long a number rests while Meta raises its throughput. */
const MAINTENANCE_MS = 60_000;

/**
 * Decides of each message whether it may leave now, and if not, when and why. The limits are asked in this order, each for
 * what the ones before let through: quota of the organisation, tier of the portfolio, debt of the pair, window of the
 * number with what came in, window of the class. What a later one refuses goes back to the earlier ones.
 */
export class Governor {
  private readonly windows = new QuotaWindows();
  private readonly onFailed = (error: unknown): void => this.parts.observer.failed(error);

  constructor(private readonly parts: GovernorParts) {}

  /**
   * @param leadMs what a message needs before it can leave: no start is earlier
   * @throws when neither Redis nor the database answers.
   */
  async admit(number: GovernedNumber, candidates: readonly Candidate[], leadMs = 0): Promise<Admissions> {
    const asked = candidates.map((candidate): Asked => ({ candidate, admission: null }));
    let backend: PermitBackend = number.previousBackend ?? 'redis';
    if (asked.length === 0) return { admissions: [], backend };
    const windowMs = await this.passQuota(number, asked);
    const paid = open(asked);
    try {
      await this.passTier(number, paid);
      if (open(paid).length > 0) backend = await this.passWindows(number, open(paid), leadMs);
    } finally {
      const unused = paid.filter(({ admission }) => admission?.kind !== 'start').map(({ candidate }) => candidate);
      // Off the way of those that leave now.
      void this.giveBackCounts(number, unused, windowMs).catch(this.onFailed);
    }
    this.observe(asked);
    return { admissions: asked.map(({ admission }) => admission!), backend };
  }

  /** New starts for messages that missed theirs: nothing else is counted again. */
  retake({ numberId, perSecond, previousBackend }: GovernedNumber, count: number): Promise<Retaken> {
    return this.parts.permits.take({ numberId, perSecond, count, previousBackend });
  }

  /** Gives back what was counted for messages that did not leave after all: fenced, or not sent. */
  async giveBack(number: GovernedNumber, candidates: readonly Candidate[]): Promise<void> {
    if (candidates.length === 0) return;
    await this.parts.permits.refundPairs(number.numberId, candidates.map(({ contactId }) => contactId));
    await this.giveBackCounts(number, candidates, this.windows.ofSend(number.tenantId));
  }

  /** Learns from what Meta answered: slows the number down, lets a pair rest, or tells how long the number is upgraded. */
  async note(number: GovernedNumber, { contactId, code, accepted }: MetaAnswer): Promise<Learned> {
    const { feedback, quota, observer } = this.parts;
    const { tenantId, numberId } = number;
    if (accepted) await feedback.forgive(numberId, contactId);
    if (accepted || code === null) return NOTHING;
    if (code === TOO_FAST) {
      const share = await feedback.slowDown(number);
      if (share !== null) observer.slowed(numberId, share);
    }
    if (code === PAIR_TOO_FAST) await feedback.penalise(numberId, contactId);
    // A quota counts messages, not attempts: what Meta refused is counted when it goes out again.
    const windowMs = this.windows.ofSend(tenantId);
    if (windowMs !== undefined) await quota.giveBack(tenantId, 1, windowMs);
    return code === IN_MAINTENANCE ? { holdNumberMs: MAINTENANCE_MS } : NOTHING;
  }

  /** Counts what came in for a number: it uses the same throughput. */
  async noteInbound(numberId: string, count: number): Promise<void> {
    await this.parts.permits.countInbound(numberId, count);
  }

  /** After how many ms a message leaves that has so many before it, as things stand: pace and, where given, quota. */
  eta({ perSecond }: Pick<GovernedNumber, 'perSecond'>, queuedAhead: number, quota?: Pick<QuotaView, 'remaining' | 'resetsInMs'>): number {
    const pacedMs = Math.ceil((queuedAhead * intervalUs(perSecond)) / 1_000);
    return quota && queuedAhead >= quota.remaining ? Math.max(pacedMs, Math.ceil(quota.resetsInMs)) : pacedMs;
  }

  /** Returns the window that the units were taken from, where it was one. */
  private async passQuota({ tenantId }: GovernedNumber, asked: readonly Asked[]): Promise<number | undefined> {
    const { granted, resetsInMs, windowMs } = await this.parts.quota.take(tenantId, asked.length);
    if (granted > 0) this.windows.note(tenantId, windowMs);
    const refused = asked.slice(granted);
    for (const one of refused) one.admission = wait('quota', resetsInMs);
    if (refused.length > 0) this.parts.observer.quotaSpent(tenantId, resetsInMs);
    return windowMs ?? undefined;
  }

  private async passTier({ tenantId, portfolioId, tier }: GovernedNumber, asked: readonly Asked[]): Promise<void> {
    const limit = tierLimit(tier);
    const business = asked.filter(({ candidate }) => candidate.kind === 'business');
    if (limit === null || business.length === 0) return;
    const contactIds = business.map(({ candidate }) => candidate.contactId);
    const { granted, retryInMs } = await this.parts.tiers.take({ portfolioId, tenantId, limit, contactIds });
    for (const one of business) if (!granted.has(one.candidate.contactId)) one.admission = wait('tier', retryInMs);
  }

  private async passWindows(number: GovernedNumber, asked: readonly Asked[], leadMs: number): Promise<PermitBackend> {
    const { permits } = this.parts;
    const { tenantId, numberId, perSecond, previousBackend } = number;
    const pairs = { tenantId, contactIds: asked.map(({ candidate }) => candidate.contactId) };
    const taken = await permits.take({ numberId, perSecond, count: asked.length, previousBackend, leadMs, pairs });
    const takenAtMs = performance.now();
    for (const [at, one] of asked.entries()) {
      const waitMs = taken.pairWaitsMs[at] ?? 0;
      if (waitMs > 0) one.admission = wait('pair', waitMs);
    }
    const free = open(asked);
    const slots = await this.slotsOf(number, free.slice(0, taken.startsAtMs.length), taken);
    const idle = free.slice(0, taken.granted).filter((_, at) => slots[at] === undefined);
    void permits.refundPairs(numberId, idle.map(({ candidate }) => candidate.contactId)).catch(this.onFailed);
    const passedMs = performance.now() - takenAtMs;
    const retryInMs = taken.retryAfterMs || Math.max(1, (taken.startsAtMs.at(-1) ?? HORIZON_MS) - passedMs);
    for (const [at, one] of free.entries()) {
      const slot = slots[at];
      one.admission = slot === undefined ? wait('throughput', retryInMs) : { kind: 'start', startsAtMs: slot - passedMs };
    }
    return taken.backend;
  }

  /** The number's starts as they are; thinned out for business-initiated messages where these have a limit below its own. */
  private async slotsOf(number: GovernedNumber, asked: readonly Asked[], { startsAtMs, backend }: Permits): Promise<readonly (number | undefined)[]> {
    const { businessPerSecond, permits } = this.parts;
    const isBusiness = asked.map(({ candidate }) => candidate.kind === 'business');
    const count = isBusiness.filter(Boolean).length;
    const [fromMs, untilMs] = [startsAtMs[0], startsAtMs.at(-1)];
    if (number.perSecond <= businessPerSecond || count === 0 || fromMs === undefined || untilMs === undefined) return startsAtMs;
    const ofClass = await permits.takeBusiness({
      ...number,
      count,
      previousBackend: number.previousBackend === null ? null : backend,
      intervalUs: classIntervalUs(businessPerSecond, intervalUs(number.perSecond)),
      fromMs,
      untilMs,
    });
    return assignSlots(startsAtMs, isBusiness, ofClass);
  }

  private async giveBackCounts(number: GovernedNumber, candidates: readonly Candidate[], windowMs: number | undefined): Promise<void> {
    if (candidates.length === 0) return;
    const { tenantId, portfolioId, tier } = number;
    const { quota, tiers } = this.parts;
    if (windowMs !== undefined) await quota.giveBack(tenantId, candidates.length, windowMs);
    const contactIds = candidates.filter(({ kind }) => kind === 'business').map(({ contactId }) => contactId);
    if (tierLimit(tier) !== null && contactIds.length > 0) await tiers.giveBack(portfolioId, tenantId, contactIds);
  }

  private observe(asked: readonly Asked[]): void {
    const waits = new Map<AdmissionCause, number>();
    for (const { admission } of asked) if (admission?.kind === 'wait') waits.set(admission.cause, (waits.get(admission.cause) ?? 0) + 1);
    for (const [cause, count] of waits) this.parts.observer.waited(cause, count);
  }
}

const NOTHING: Learned = { holdNumberMs: null };

const wait = (cause: AdmissionCause, retryInMs: number): Admission => ({ kind: 'wait', cause, retryInMs: Math.max(1, Math.ceil(retryInMs)) });

/** Those that no limit has refused yet. */
const open = (asked: readonly Asked[]): Asked[] => asked.filter(({ admission }) => admission === null);
