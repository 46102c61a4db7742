import { Injectable } from '@nestjs/common';
import {
  finishEvents,
  lockDueItems,
  lockNewEvents,
  noteItems,
  noteSightedNumbers,
  readEvents,
  SystemDb,
  type DueItem,
  type LedgerEvent,
  type LedgerState,
  type SystemTx,
} from '@parley/data';
import { parseEnvelope, type WebhookItem } from '@parley/domain';
import { Clock, logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { SingleRun } from '../single-run.js';
import { applyItems, type SettledItem } from './apply-items.js';
import type { LedgerWork } from './inbound-item.js';
import { shareOut } from './lanes.js';
import { ReplayLedger } from './replay-ledger.js';
import { SightedNumbers } from './sighted-numbers.js';
import { TellSettled } from './tell-settled.js';

const EVENTS_A_SET = 1_500;
const ITEMS_A_SET = 500;

interface Processed {
  events: number;
  settled: SettledItem[];
}

/** Brings the ledger up to date: events that are new, then items whose next attempt is due, then replays. */
@Injectable()
export class ProcessLedger {
  private readonly single = new SingleRun(async (signal) => {
    // What comes in goes before what an operator wants to have again.
    do {
      while (!signal.aborted && (await this.processNew()) > 0);
      while (!signal.aborted && (await this.processDueItems()) > 0);
    } while (!signal.aborted && (await this.replays.replayChunk()));
  });

  private readonly sighted = new SightedNumbers();

  constructor(
    private readonly db: SystemDb,
    private readonly clock: Clock,
    private readonly settled: TellSettled,
    private readonly replays: ReplayLedger,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** Processes until nothing is due. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  private async processNew(): Promise<number> {
    const { events, settled } = await this.db.transaction((tx) => this.applyNew(tx));
    await this.tell(settled);
    return events;
  }

  private async applyNew(tx: SystemTx): Promise<Processed> {
    const events = await lockNewEvents(tx, EVENTS_A_SET);
    const works: LedgerWork[] = [];
    const states = new Map<string, LedgerState>();
    for (const event of events) {
      const parsed = parseEnvelope(event.body);
      states.set(event.id, parsed.ok ? 'DONE' : 'DEAD');
      if (!parsed.ok) await this.bury(tx, event, parsed.reason);
      else works.push(...this.worksOf(event, parsed.items));
    }
    const { lanes, rest } = shareOut(works);
    const apart = await this.applyApart(lanes);
    const settled = await applyItems(tx, rest, this.clock.now());
    const rows = [...apart, ...settled].flatMap(({ row }) => row ?? []);
    await noteItems(tx, rows);
    for (const { eventId } of rows) states.set(eventId, 'PARTIAL');
    await this.finish(tx, states, 'DONE');
    await this.finish(tx, states, 'PARTIAL');
    return { events: events.length, settled };
  }

  /**
   * Each lane on a connection of its own, committed before the events are: what ends in between is applied again, and has
   * its effect once. The events are held meanwhile, and nothing else, so that no lane waits for whoever waits for it.
   */
  private async applyApart(lanes: readonly LedgerWork[][]): Promise<SettledItem[]> {
    const applied = await Promise.allSettled(lanes.map(async (lane) => {
      const settled = await this.db.transaction((tx) => applyItems(tx, lane, this.clock.now()));
      await this.tell(settled);
      return settled;
    }));
    return applied.flatMap((lane) => {
      if (lane.status === 'rejected') throw lane.reason;
      return lane.value;
    });
  }

  private async tell(settled: readonly SettledItem[]): Promise<void> {
    await this.settled.tell(settled);
    await noteSightedNumbers(this.db, this.sighted.due(settled, this.clock.now().getTime()));
  }

  private worksOf(event: LedgerEvent, items: readonly WebhookItem[]): LedgerWork[] {
    const { id: eventId, appTenantId, body } = event;
    const entries = new Set(items.map(({ path }) => path.split('/')[2])).size;
    const keys = [...new Set(items.map(({ kind }) => kind))];
    logEvent(this.logger, 'whatsapp.webhook.received', { eventId, bytes: body.length, entries, items: items.length, keys });
    return items.map((item) => ({ eventId, appTenantId, item, attempts: 0, isNoted: false }));
  }

  /** Signed by Meta and yet no envelope: kept for a look at it, since sending it again would not mend it. */
  private async bury(tx: SystemTx, { id: eventId }: LedgerEvent, reason: string): Promise<void> {
    await finishEvents(tx, [eventId], 'DEAD', reason);
    this.metrics.inc('webhook_events_total', { state: 'DEAD' });
    logEvent(this.logger, 'ledger.event_processed', { eventId, state: 'DEAD', reason });
  }

  private async finish(tx: SystemTx, states: ReadonlyMap<string, LedgerState>, state: LedgerState): Promise<void> {
    const ids = [...states].filter(([, one]) => one === state).map(([id]) => id);
    await finishEvents(tx, ids, state);
    if (ids.length > 0) this.metrics.add('webhook_events_total', ids.length, { state });
  }

  private async processDueItems(): Promise<number> {
    const { looked, settled } = await this.db.transaction(async (tx) => {
      const due = await lockDueItems(tx, ITEMS_A_SET);
      const places = new Map((await readEvents(tx, [...new Set(due.map(({ eventId }) => eventId))])).map((event) => [event.id, placesOf(event)]));
      const works: LedgerWork[] = [];
      const lost: DueItem[] = [];
      for (const one of due) {
        const work = places.get(one.eventId)?.get(one.path);
        if (work) works.push({ ...work, attempts: one.attempts });
        else lost.push(one);
      }
      const settled = await applyItems(tx, works, this.clock.now());
      // The ledger keeps events only so long; what outlived its event cannot be tried again.
      const buried = lost.map((one) => ({ ...one, state: 'DEAD' as const, retryInMs: null, error: 'event.gone' }));
      await noteItems(tx, [...settled.flatMap(({ row }) => row ?? []), ...buried]);
      return { looked: due.length, settled };
    });
    await this.settled.tell(settled);
    return looked;
  }
}

/** The items of an event by their paths: an event may have a thousand that are due. */
function placesOf({ id: eventId, appTenantId, body }: LedgerEvent): ReadonlyMap<string, LedgerWork> {
  const parsed = parseEnvelope(body);
  return new Map(parsed.ok ? parsed.items.map((item) => [item.path, { eventId, appTenantId, item, attempts: 0, isNoted: true }]) : []);
}
