import { Inject, Injectable } from '@nestjs/common';
import { tz } from '@date-fns/tz';
import {
  readDurationStats,
  readLive,
  readMessageStats,
  readStatsFreshness,
  TenantDb,
  type DurationFigures,
  type MessageFigures,
  type StatsFilter,
  type StatsGroup,
  type TenantTx,
} from '@parley/data';
import { addCounts, DomainError, NO_MESSAGES, type MessageCounts, type RateCard, type TenantId } from '@parley/domain';
import { RATE_CARD } from '@parley/messaging';
import { Clock } from '@parley/platform';
import { format } from 'date-fns/format';
import { startOfDay } from 'date-fns/startOfDay';
import type { StatsQuery } from './stats.query.js';
import { durationsView, groupMembers, liveFiguresView, messageFiguresView, type LiveFiguresView, type StatsGroupView, type StatsView } from './stats.view.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const USUAL_DAYS = 7;
const MOST_DAYS = 400;
/** An answer by the hour is for a month at most; longer times are for days. */
const MOST_DAYS_BY_HOUR = 31;

/** Statistics from what was counted, and the figures of the moment. */
@Injectable()
export class ReadStats {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    @Inject(RATE_CARD) private readonly card: RateCard,
  ) {}

  /** @throws request.invalid for times that do not fit together */
  async read(tenantId: TenantId, { groupBy = [], numberId, templateId, category, ...times }: StatsQuery): Promise<StatsView> {
    const { from, to } = this.timesOf(times, groupBy);
    const { timeZone, waitingSince } = await this.db.run(tenantId, async (tx) => ({
      timeZone: await timeZoneOf(tx, tenantId),
      ...(await readStatsFreshness(tx, { tenantId, from, to })),
    }));
    const filter: StatsFilter = { tenantId, from, to, timeZone, numberId, templateId, category };
    const isOfMessages = templateId !== undefined || category !== undefined || groupBy.includes('template') || groupBy.includes('category');
    // Side by side: each of them adds up some ten thousand rows.
    const [messages, durations] = await Promise.all([
      this.db.run(tenantId, (tx) => readMessageStats(tx, filter, groupBy)),
      isOfMessages ? null : this.db.run(tenantId, (tx) => readDurationStats(tx, filter, groupBy)),
    ]);
    const total = this.viewOf(messages.reduce<MessageCounts>(addCounts, NO_MESSAGES), durations);
    const groups = groupBy.length === 0 ? [] : this.groupsOf(messages, durations);
    return { from: from.toISOString(), to: to.toISOString(), timeZone, waitingSince: waitingSince?.toISOString() ?? null, total, groups };
  }

  /** The figures of the moment. */
  async live(tenantId: TenantId): Promise<LiveFiguresView> {
    const now = this.clock.now();
    return this.db.run(tenantId, async (tx) => {
      const timeZone = await timeZoneOf(tx, tenantId);
      const zone = tz(timeZone);
      const from = new Date(startOfDay(now, { in: zone }).getTime());
      const messages = await readMessageStats(tx, { tenantId, from, to: new Date(now.getTime() + HOUR_MS), timeZone }, []);
      const today = messages.reduce<MessageCounts>(addCounts, NO_MESSAGES);
      return liveFiguresView(format(now, 'yyyy-MM-dd', { in: zone }), today, await readLive(tx, tenantId), this.card.currency);
    });
  }

  private timesOf(times: Pick<StatsQuery, 'from' | 'to'>, groupBy: readonly StatsGroup[]): { from: Date; to: Date } {
    const to = times.to === undefined ? this.clock.now() : new Date(times.to);
    const from = times.from === undefined ? new Date(to.getTime() - USUAL_DAYS * DAY_MS) : new Date(times.from);
    const mostDays = groupBy.includes('hour') ? MOST_DAYS_BY_HOUR : MOST_DAYS;
    if (from >= to) throw wrongTimes('from must be earlier than to');
    if (to.getTime() - from.getTime() > mostDays * DAY_MS) throw wrongTimes(`from and to may be ${mostDays} days apart at most${groupBy.includes('hour') ? ' by the hour' : ''}`);
    // An hour is counted as a whole.
    return { from: new Date(Math.floor(from.getTime() / HOUR_MS) * HOUR_MS), to };
  }

  private groupsOf(messages: readonly MessageFigures[], durations: readonly DurationFigures[] | null): StatsGroupView[] {
    const groups = new Map<string, { key: MessageFigures['key']; counts: MessageFigures | null; durations: DurationFigures[] }>();
    const groupOf = (key: MessageFigures['key']) => {
      const name = JSON.stringify(key);
      const group = groups.get(name) ?? { key, counts: null, durations: [] };
      groups.set(name, group);
      return group;
    };
    for (const figures of messages) groupOf(figures.key).counts = figures;
    for (const figures of durations ?? []) groupOf(figures.key).durations.push(figures);
    return [...groups]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { key, counts, durations: timed }]) => ({ ...groupMembers(key), ...this.viewOf(counts ? addCounts(NO_MESSAGES, counts) : NO_MESSAGES, durations && timed) }));
  }

  private viewOf(counts: typeof NO_MESSAGES, durations: readonly DurationFigures[] | null): Pick<StatsGroupView, 'messages' | 'durations'> {
    return { messages: messageFiguresView(counts, this.card.currency), durations: durations && durationsView(durations) };
  }
}

async function timeZoneOf(tx: TenantTx, tenantId: TenantId): Promise<string> {
  return (await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { timeZone: true } })).timeZone;
}

function wrongTimes(detail: string): DomainError {
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/from', code: 'field.invalid', detail }] });
}
