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
import { messageType, parseEnvelope, type WebhookItem } from '@parley/domain';
import { Governor } from '@parley/limits';
import { TemplateChanges } from '@parley/messaging';
import { Clock, logEvent, Metrics } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { SingleRun } from '../single-run.js';
import { applyItems, type SettledItem } from './apply-items.js';
import { DUPLICATE_SUSPECTED } from './apply-statuses.js';
import { inboundOf } from './count-inbound.js';
import { SightedNumbers } from './sighted-numbers.js';
import { kindLabel, type ItemNews, type LedgerWork } from './inbound-item.js';

const EVENTS_A_SET = 500;
const ITEMS_A_SET = 500;

interface Processed {
  events: number;
  settled: SettledItem[];
}

/** Brings the ledger up to date: events that are new, then items whose next attempt is due. */
@Injectable()
export class ProcessLedger {
  private readonly single = new SingleRun(async (signal) => {
    while (!signal.aborted && (await this.processNew()) > 0);
    while (!signal.aborted && (await this.processDueItems()) > 0);
  });

  private readonly sighted = new SightedNumbers();

  constructor(
    private readonly db: SystemDb,
    private readonly clock: Clock,
    private readonly producer: JobProducer,
    private readonly templates: TemplateChanges,
    private readonly governor: Governor,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** Processes until nothing is due. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  private async processNew(): Promise<number> {
    const { events, settled } = await this.db.transaction((tx) => this.applyNew(tx));
    this.tell(settled);
    await this.followTemplates(settled);
    await noteSightedNumbers(this.db, this.sighted.due(settled, this.clock.now().getTime()));
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
    const settled = await applyItems(tx, works, this.clock.now());
    await noteItems(tx, settled.flatMap(({ row }) => row ?? []));
    for (const { work, row } of settled) if (row) states.set(work.eventId, 'PARTIAL');
    await this.finish(tx, states, 'DONE');
    await this.finish(tx, states, 'PARTIAL');
    return { events: events.length, settled };
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
      const events = new Map((await readEvents(tx, [...new Set(due.map(({ eventId }) => eventId))])).map((event) => [event.id, event]));
      const works: LedgerWork[] = [];
      const lost: DueItem[] = [];
      for (const one of due) {
        const event = events.get(one.eventId);
        const item = event && itemAt(event, one.path);
        if (item) works.push({ eventId: event.id, appTenantId: event.appTenantId, item, attempts: one.attempts, isNoted: true });
        else lost.push(one);
      }
      const settled = await applyItems(tx, works, this.clock.now());
      // The ledger keeps events only so long; what outlived its event cannot be tried again.
      const buried = lost.map((one) => ({ ...one, state: 'DEAD' as const, retryInMs: null, error: 'event.gone' }));
      await noteItems(tx, [...settled.flatMap(({ row }) => row ?? []), ...buried]);
      return { looked: due.length, settled };
    });
    this.tell(settled);
    await this.followTemplates(settled);
    return looked;
  }

  /** After COMMIT: what happened goes to metrics and log, and what follows is woken. */
  private tell(settled: readonly SettledItem[]): void {
    for (const one of settled) {
      this.count(one);
      for (const news of one.news ?? []) this.tellNews(news);
    }
    for (const [numberId, count] of inboundOf(settled, this.clock.now().getTime())) this.countInbound(numberId, count);
    const hasMessages = settled.some(({ outcome, work }) => outcome === 'applied' && work.item.kind === 'message');
    if (hasMessages) this.producer.wake('automation.wake', {});
    if (settled.some(bringsMedia)) this.producer.wake('media.fetch', {});
  }

  /** Nothing waits for it: after an error the number is as fast for a moment as if nothing had come in. */
  private countInbound(numberId: string, count: number): void {
    void this.governor.noteInbound(numberId, count).catch((err: unknown) => {
      logEvent(this.logger, 'limiter.feedback_failed', { numberId, err: err instanceof Error ? err : new Error(String(err)) });
    });
  }

  private async followTemplates(settled: readonly SettledItem[]): Promise<void> {
    const aftermaths = settled.flatMap(({ templates }) => templates ?? []);
    await this.templates.follow(aftermaths.flatMap(({ changed }) => changed));
    await this.templates.askForSync(aftermaths.flatMap(({ unread }) => unread));
  }

  private count({ work: { item, eventId }, outcome, row }: SettledItem): void {
    this.metrics.inc('webhook_items_total', { kind: kindLabel(item), outcome });
    if (outcome === 'applied' && item.kind === 'message') this.metrics.inc('events_received_total', { type: messageType(item.content.kind) });
    if (outcome === 'applied' && 'content' in item && 'at' in item.content && item.content.at !== null) {
      this.metrics.observe('message_delay_seconds', (this.clock.now().getTime() - item.content.at.getTime()) / 1_000);
    }
    if (outcome === 'applied' && item.kind === 'status') this.metrics.inc('message_statuses_total', { status: item.content.status });
    const fields = { eventId, path: item.path, kind: item.kind, reason: row?.error, attempts: row?.attempts };
    if (outcome === 'unrouted') logEvent(this.logger, 'ledger.item_unrouted', fields);
    if (outcome === 'retry' || outcome === 'dead') logEvent(this.logger, 'ledger.item_failed', fields);
    if (outcome !== 'refused') return;
    logEvent(this.logger, 'ledger.item_refused', fields);
  }

  private tellNews({ resource, id, to, event, logAs = `${resource}.state_changed` }: ItemNews): void {
    if (event !== null) this.metrics.inc('events_published_total', { event });
    if (to === DUPLICATE_SUSPECTED) this.metrics.inc('message_duplicates_suspected_total');
    if (event === 'whatsapp.number_resumed') this.producer.wake('number.wake', { numberId: id });
    logEvent(this.logger, logAs, { id, to });
  }
}

function bringsMedia({ outcome, work: { item } }: SettledItem): boolean {
  return outcome === 'applied' && item.kind === 'message' && messageType(item.content.kind) === 'media';
}

function itemAt(event: LedgerEvent, path: string): WebhookItem | undefined {
  const parsed = parseEnvelope(event.body);
  return parsed.ok ? parsed.items.find((item) => item.path === path) : undefined;
}
