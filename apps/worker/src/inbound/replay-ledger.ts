import { Injectable } from '@nestjs/common';
import {
  finishEventsAgain,
  lockNotedItems,
  lockRunningReplay,
  noteItems,
  noteReplayProgress,
  readReplayChunk,
  SystemDb,
  type ReplayedEvent,
  type ReplayFilter,
  type ReplayProgress,
  type RunningReplay,
  type SystemTx,
} from '@parley/data';
import { itemMatches, parseEnvelope, type WebhookItem } from '@parley/domain';
import { Clock, logEvent } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { applyItems, type SettledItem } from './apply-items.js';
import type { ItemOutcome, LedgerWork } from './inbound-item.js';
import { TellSettled } from './tell-settled.js';

const FAILED: ReadonlySet<ItemOutcome> = new Set(['retry', 'dead', 'refused', 'unrouted']);

/** An event that is read again: its items that are meant; null: still no envelope. */
interface Reread {
  event: ReplayedEvent;
  items: readonly WebhookItem[] | null;
}

/**
 * Applies what was applied before once more, as an operator asked. Every item is idempotent by its wamid or by Meta's time, so
 * what had its effect has no second one. The row of a replay is locked while a chunk of it goes through.
 */
@Injectable()
export class ReplayLedger {
  constructor(
    private readonly db: SystemDb,
    private readonly clock: Clock,
    private readonly settled: TellSettled,
    private readonly logger: PinoLogger,
  ) {}

  /** One chunk of the oldest replay. False when there is none that another worker is not at. */
  async replayChunk(): Promise<boolean> {
    const done = await this.db.transaction(async (tx) => {
      const replay = await lockRunningReplay(tx);
      return replay && { replay, ...(await this.replay(tx, replay)) };
    });
    if (done === null) return false;
    const { replay, progress, settled } = done;
    logEvent(this.logger, 'ledger.replayed', { replayId: replay.id, isDryRun: replay.isDryRun, ...progress });
    await this.settled.tell(settled);
    return true;
  }

  private async replay(tx: SystemTx, replay: RunningReplay): Promise<{ progress: ReplayProgress; settled: SettledItem[] }> {
    const events = await readReplayChunk(tx, replay);
    const reread = events.map((event): Reread => ({ event, items: itemsOf(event, replay.filter) }));
    const meant = reread.filter(({ items }) => items === null || items.length > 0);
    const settled = replay.isDryRun ? [] : await this.apply(tx, meant);
    const progress = {
      cursorId: events.at(-1)?.id ?? null,
      looked: events.length,
      matched: meant.length,
      items: meant.reduce((sum, { items }) => sum + (items?.length ?? 0), 0),
      changed: settled.filter(({ outcome }) => outcome === 'applied').length,
      failed: settled.filter(({ outcome }) => FAILED.has(outcome)).length + meant.filter(({ items }) => items === null).length,
    };
    await noteReplayProgress(tx, replay.id, progress);
    return { progress, settled };
  }

  private async apply(tx: SystemTx, reread: readonly Reread[]): Promise<SettledItem[]> {
    const noted = await lockNotedItems(tx, reread.map(({ event }) => event.id));
    const keys = new Set(noted.map(({ eventId, path }) => `${eventId}${path}`));
    const works = reread.flatMap(({ event: { id: eventId, appTenantId }, items }): LedgerWork[] =>
      (items ?? []).map((item) => ({ eventId, appTenantId, item, attempts: 0, isNoted: keys.has(`${eventId}${item.path}`) })),
    );
    const settled = await applyItems(tx, works, this.clock.now());
    const rows = settled.flatMap(({ row }) => row ?? []);
    await noteItems(tx, rows);
    const open = new Set(rows.filter(({ state }) => state !== 'DONE').map(({ eventId }) => eventId));
    // What nobody could read is read now.
    const revived = reread.filter(({ event, items }) => event.state === 'DEAD' && items !== null && !open.has(event.id));
    await finishEventsAgain(tx, revived.map(({ event }) => event.id), 'DONE');
    await finishEventsAgain(tx, [...open], 'PARTIAL');
    return settled;
  }
}

/** What the filter means of an event. An event that is no envelope has no items, and is meant where no item is asked for. */
function itemsOf({ body }: ReplayedEvent, filter: ReplayFilter): readonly WebhookItem[] | null {
  const parsed = parseEnvelope(body);
  if (parsed.ok) return parsed.items.filter((item) => itemMatches(item, filter));
  return filter.kind === undefined && filter.number === undefined ? null : [];
}
