import {
  followAll,
  followQueued,
  gripMessages,
  leftInHand,
  noteWalk,
  queuedRecipients,
  settleFed,
  waitingZones,
  type CampaignLeases,
  type LeasedCampaign,
} from '@parley/data';
import { dueIn, feedBound, PAUSED_BY_REQUEST, variantAt, type CampaignState } from '@parley/domain';
import { feedRecipients, type Feeding, type FeedParts } from './feed-recipients.js';

/** Messages that one statement looks at. */
const LOOK = 1_000;
/** Sets of one walk that a turn looks at, so that feeding is not kept waiting. */
const LOOKS_OF_A_WALK = 10;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_SECONDS = 86_400;
/** Statuses and answers of the last messages are followed for so long. */
const FOLLOWED_SECONDS = 3 * DAY_SECONDS;
/** A walk takes at most a tenth of the time, however many recipients there are. */
const REST_FACTOR = 9;
/** A schedule is looked at this often, in case a clock was moved. */
const LONGEST_WAIT_MS = HOUR_MS;

const NOTHING: Feeding = { fed: 0, skipped: 0, givenBack: 0, stop: null, isRefusedForNow: false };

/** What a turn left behind. */
export interface TurnEnd {
  state: CampaignState;
  reason: string | null;
  /** Until the next look; null: there is nothing left to do. */
  nextInMs: number | null;
  feeding: Feeding;
}

/** One turn of a leased campaign: what became of its messages, then what its state asks for, then a part of the walk. */
export class CampaignTurn {
  private feeding = NOTHING;
  private moved = 0;
  private held = 0;

  constructor(
    private readonly parts: FeedParts & { leases: CampaignLeases },
    private readonly campaign: LeasedCampaign,
  ) {}

  async run(): Promise<TurnEnd> {
    await this.recover();
    await this.lookAtQueued();
    const nextInMs = least(await this.act(), await this.walk());
    const { state, reason } = this.campaign;
    return { state, reason, nextInMs, feeding: this.feeding };
  }

  /** A crash left recipients in hand: those whose key was taken have a message, the others wait again. */
  private async recover(): Promise<void> {
    const { db } = this.parts;
    const { id, variants } = this.campaign;
    for (;;) {
      const rows = await leftInHand(db, this.campaign, LOOK);
      const settled = rows.map(({ position, messageId }) => {
        const state = messageId === null ? ('WAITING' as const) : ('FED' as const);
        return { position, state, variant: variantAt(id, variants, position), messageId, reason: null };
      });
      await settleFed(db, this.campaign, settled);
      if (rows.length < LOOK) return;
    }
  }

  private async lookAtQueued(): Promise<void> {
    for (let after: number | null = -1; after !== null; ) {
      const { last, moved, held } = await followQueued(this.parts.db, this.campaign, after, LOOK);
      this.moved += moved;
      this.held += held;
      after = last;
    }
  }

  /** Does what the state asks for; answers in how many ms it asks again. */
  private async act(): Promise<number | null> {
    const { campaign, parts } = this;
    switch (campaign.state) {
      case 'SCHEDULED':
      case 'RUNNING':
        return this.feed();
      case 'PAUSED':
        return campaign.reason === PAUSED_BY_REQUEST ? this.grip('hold') : this.probe();
      case 'CANCELLED':
        return this.grip('cancel');
      case 'DONE':
      case 'DRAFT':
        return (await queuedRecipients(parts.db, campaign)) > 0 ? MINUTE_MS : null;
    }
  }

  private async feed(): Promise<number | null> {
    const { db } = this.parts;
    const { due, nextInMs } = await this.zones();
    if (this.campaign.state === 'SCHEDULED') {
      if (due.length === 0 && nextInMs !== null) return nextInMs;
      if (!(await this.move('RUNNING', null))) return SECOND_MS;
    }
    // Whoever resumed the campaign was cut off before its messages were let go.
    if (this.held > 0) await gripMessages(db, this.campaign, 'release');
    const queued = await queuedRecipients(db, this.campaign);
    this.feeding = await feedRecipients(this.parts, this.campaign, due, feedBound(this.campaign.perSecond) - queued);
    if (this.feeding.stop !== null) {
      await this.move('PAUSED', this.feeding.stop);
      return MINUTE_MS;
    }
    const left = await this.zones();
    if (left.due.length === 0 && left.nextInMs === null && queued + this.feeding.fed === 0) {
      await this.move('DONE', null);
      return null;
    }
    if (this.feeding.isRefusedForNow) return 5 * SECOND_MS;
    const isMoving = this.feeding.fed + this.feeding.skipped + this.moved > 0;
    return queued + this.feeding.fed > 0 || left.due.length > 0 ? (isMoving ? SECOND_MS : 5 * SECOND_MS) : left.nextInMs;
  }

  /** What stood in the way may be over: one recipient tells. */
  private async probe(): Promise<number | null> {
    const { due } = await this.zones();
    this.feeding = await feedRecipients(this.parts, this.campaign, due, 1);
    if (this.feeding.stop !== null || this.feeding.isRefusedForNow) return MINUTE_MS;
    await this.move('RUNNING', null);
    return 0;
  }

  /** Holds or ends what waits. What is just leaving may come back to the queue, so it is looked at again while there is some. */
  private async grip(grip: 'hold' | 'cancel'): Promise<number | null> {
    const gripped = await gripMessages(this.parts.db, this.campaign, grip);
    if (gripped > 0) return SECOND_MS;
    return (await queuedRecipients(this.parts.db, this.campaign)) > 0 ? (this.moved > 0 ? 2 * SECOND_MS : 30 * SECOND_MS) : null;
  }

  /** The zones whose time has come, and in how many ms that of the next one comes. */
  private async zones(): Promise<{ due: string[]; nextInMs: number | null }> {
    const { tenantId, id, schedule, timeZone, now } = this.campaign;
    const due: string[] = [];
    let nextInMs: number | null = null;
    for (const zone of await waitingZones(this.parts.db, tenantId, id)) {
      const inMs = (dueIn(schedule, zone === '' ? timeZone : zone)?.getTime() ?? 0) - now.getTime();
      if (inMs <= 0) due.push(zone);
      else nextInMs = least(nextInMs, Math.min(inMs, LONGEST_WAIT_MS));
    }
    return { due, nextInMs };
  }

  /** Goes on with the walk over all messages; answers in how many ms it goes on from there. */
  private async walk(): Promise<number | null> {
    const { db, signal } = this.parts;
    const { campaign } = this;
    const ageSeconds = this.feeding.fed > 0 ? 0 : campaign.fedAgoSeconds;
    if (ageSeconds === null || ageSeconds > FOLLOWED_SECONDS) return null;
    const restMs = restOf(ageSeconds);
    if (!campaign.walkIsDue) return restMs;
    let reached = campaign.followedTo;
    for (let look = 0; look < LOOKS_OF_A_WALK && !signal.aborted; look += 1) {
      const { last } = await followAll(db, campaign, reached, LOOK);
      if (last === null) return noteWalk(db, campaign, { followedTo: -1, isOver: true, restMs, restFactor: REST_FACTOR });
      reached = last;
    }
    await noteWalk(db, campaign, { followedTo: reached, isOver: false, restMs, restFactor: REST_FACTOR });
    return SECOND_MS;
  }

  private async move(to: CampaignState, reason: string | null): Promise<boolean> {
    const hasMoved = await this.parts.leases.move(this.campaign, this.campaign.state, to, reason);
    if (hasMoved) Object.assign(this.campaign, { state: to, reason });
    return hasMoved;
  }
}

/** How long a walk rests: statuses come soon or hardly at all. */
function restOf(ageSeconds: number): number {
  if (ageSeconds < 3_600) return 15 * SECOND_MS;
  return ageSeconds < DAY_SECONDS ? 5 * MINUTE_MS : HOUR_MS;
}

function least(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
