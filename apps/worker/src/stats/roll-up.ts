import { Inject, Injectable } from '@nestjs/common';
import { EventReader, finishHour, markStatsHours, SystemDb, takeDueHour, type EventConsumer, type ReadEvent, type StatsMoment } from '@parley/data';
import type { RateCard } from '@parley/domain';
import { RATE_CARD } from '@parley/messaging';
import { Metrics } from '@parley/platform';
import { writtenAt } from '../inbound/written-at.js';
import { SingleRun } from '../single-run.js';
import { countHour } from './count-hour.js';

const CONSUMER: EventConsumer = { name: 'statistics', from: 'beginning' };
const EVENTS_A_SET = 5_000;
const QUARTER_MS = 15 * 60_000;
/** Counting an hour takes at most a thirtieth of the time, however much it holds. */
const REST_FACTOR = 29;

/**
 * Keeps the statistics: events say which hours changed, and these are counted again from the rows themselves. What is
 * counted twice is the same as what is counted once, so nothing can drift.
 */
@Injectable()
export class RollUp {
  private readonly single = new SingleRun(async (signal) => {
    while (!signal.aborted && (await this.mark()) > 0);
    while (!signal.aborted && (await this.countNext()));
  });

  private readonly events: EventReader;

  constructor(
    private readonly db: SystemDb,
    private readonly metrics: Metrics,
    @Inject(RATE_CARD) private readonly card: RateCard,
  ) {
    this.events = new EventReader(db);
  }

  /** Marks what changed and counts what is due. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  private mark(): Promise<number> {
    return this.events.read(CONSUMER, EVENTS_A_SET, (tx, events) => markStatsHours(tx, momentsOf(events)));
  }

  private async countNext(): Promise<boolean> {
    const due = await takeDueHour(this.db);
    if (!due) return false;
    const startedAt = performance.now();
    await this.db.transaction(async (tx) => {
      await countHour(tx, due, this.card);
      await finishHour(tx, due, (REST_FACTOR * (performance.now() - startedAt)) / 1_000);
    });
    this.metrics.inc('stats_hours_counted_total');
    return true;
  }
}

/** Messages count when they were taken, conversations when they ended: each moment once, to the quarter of an hour. */
function momentsOf(events: readonly ReadEvent[]): StatsMoment[] {
  const moments = new Map<string, StatsMoment>();
  for (const { tenantId, resourceType, resourceId, at } of events) {
    if (resourceType !== 'message' && resourceType !== 'conversation') continue;
    const time = resourceType === 'message' ? writtenAt(resourceId) : at;
    const quarter = new Date(Math.floor(time.getTime() / QUARTER_MS) * QUARTER_MS);
    moments.set(`${tenantId} ${quarter.getTime()}`, { tenantId, at: quarter });
  }
  return [...moments.values()];
}
