import { ApiProperty } from '@nestjs/swagger';
import type { DurationFigures, LiveRow, StatsKey } from '@parley/data';
import { amountText, quantileOf, rateOf, type DurationKind, type Histogram, type MessageCounts } from '@parley/domain';

const count = (description: string, example: number) => ({ type: 'integer', description, examples: [example] }) as const;
const rate = (description: string, example: number) => ({ type: Number, nullable: true, description: `${description} 0 to 1; null without any.`, examples: [example] });

/** What Meta charges for these messages, by the installation's rate card. */
export class StatsCostView {
  @ApiProperty({ description: 'As a decimal, in the currency.', examples: ['12.4350'] })
  amount!: string;

  @ApiProperty({ examples: ['USD'] })
  currency!: string;

  @ApiProperty(count('Messages that are charged for.', 201))
  chargedMessages!: number;

  @ApiProperty(count('Of these, those whose price is not known; the amount is without them.', 0))
  unpricedMessages!: number;
}

/** Messages by what became of them. */
export class MessageFiguresView {
  @ApiProperty(count('What customers wrote.', 310))
  received!: number;

  @ApiProperty(count('What you asked us to send.', 1_240))
  accepted!: number;

  @ApiProperty(count('What WhatsApp sent.', 1_230))
  sent!: number;

  @ApiProperty(count('What reached a phone. Read messages count as delivered.', 1_200))
  delivered!: number;

  @ApiProperty(count('What was read, as far as people let it be seen.', 900))
  read!: number;

  @ApiProperty(count('What failed for good, as it stands now.', 8))
  failed!: number;

  @ApiProperty(count('What waited longer than it was valid.', 1))
  expired!: number;

  @ApiProperty(count('What was cancelled.', 1))
  cancelled!: number;

  @ApiProperty(rate('Delivered of sent.', 0.9756))
  deliveryRate!: number | null;

  @ApiProperty(rate('Read of delivered.', 0.75))
  readRate!: number | null;

  @ApiProperty(rate('Failed and expired of accepted.', 0.0073))
  failureRate!: number | null;

  @ApiProperty({ type: StatsCostView })
  cost!: StatsCostView;
}

/** How long something took. Median and p90 are read off a histogram whose steps double at most. */
export class DurationFiguresView {
  @ApiProperty(count('How often.', 120))
  count!: number;

  @ApiProperty({ type: Number, nullable: true, examples: [312] })
  averageSeconds!: number | null;

  @ApiProperty({ type: Number, nullable: true, examples: [210] })
  medianSeconds!: number | null;

  @ApiProperty({ type: Number, nullable: true, examples: [900] })
  p90Seconds!: number | null;

  @ApiProperty(rate('Within the service level, of those that had one.', 0.97))
  withinServiceLevel!: number | null;
}

/** How fast customers were answered. */
export class DurationsView {
  @ApiProperty({ type: DurationFiguresView, description: 'The first answer of a conversation.' })
  firstResponse!: DurationFiguresView;

  @ApiProperty({ type: DurationFiguresView, description: 'Every answer, the first ones included.' })
  response!: DurationFiguresView;

  @ApiProperty({ type: DurationFiguresView, description: "From the customer's first message, or the reopening, to the resolution." })
  resolution!: DurationFiguresView;
}

/** The figures of one group. Members that were not asked for are missing. */
export class StatsGroupView {
  @ApiProperty({ required: false, format: 'date-time', examples: ['2026-11-20T18:00:00Z'] })
  hour?: string;

  @ApiProperty({ required: false, format: 'date', examples: ['2026-11-20'] })
  day?: string;

  @ApiProperty({ required: false, format: 'uuid', examples: ['0199a1b2-0000-7000-8000-000000000004'] })
  numberId?: string;

  @ApiProperty({ type: String, required: false, nullable: true, format: 'uuid', description: 'null: no template.', examples: [null] })
  templateId?: string | null;

  @ApiProperty({ type: String, required: false, nullable: true, description: 'null: what customers wrote.', examples: ['utility'] })
  category?: string | null;

  @ApiProperty({ type: MessageFiguresView })
  messages!: MessageFiguresView;

  @ApiProperty({ type: DurationsView, nullable: true, description: 'null for groups by template or category, which have no say in it.' })
  durations!: DurationsView | null;
}

/** Statistics of an organisation. */
export class StatsView {
  @ApiProperty({ format: 'date-time', examples: ['2026-11-14T09:00:00.000Z'] })
  from!: string;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  to!: string;

  @ApiProperty({ description: 'Whose days they are.', examples: ['Europe/Bucharest'] })
  timeZone!: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: 'Since when changes of this time wait to be counted; null: all are.', examples: [null] })
  waitingSince!: string | null;

  @ApiProperty({ type: StatsGroupView, description: 'All together.' })
  total!: Pick<StatsGroupView, 'messages' | 'durations'>;

  @ApiProperty({ type: [StatsGroupView] })
  groups!: StatsGroupView[];
}

/** Figures of the moment. */
export class LiveFiguresView {
  @ApiProperty({ format: 'date', description: 'The day of your time zone.', examples: ['2026-11-21'] })
  day!: string;

  @ApiProperty({ type: MessageFiguresView, description: 'Since the day began.' })
  today!: MessageFiguresView;

  @ApiProperty(count('Messages that wait to leave.', 310))
  queued!: number;

  @ApiProperty(count('Messages on their way.', 4))
  sending!: number;

  @ApiProperty(count('Messages that failed and wait for somebody.', 0))
  deadLetters!: number;

  @ApiProperty(count('Conversations whose customer waits for an answer; counting ends at 10,000.', 3))
  unansweredConversations!: number;

  @ApiProperty(count('Of these, those beyond the service level.', 0))
  overdueConversations!: number;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: 'When the queue was measured.', examples: ['2026-11-21T09:00:00.000Z'] })
  measuredAt!: string | null;
}

export function messageFiguresView({ costMicros, charged, unpriced, ...counts }: MessageCounts, currency: string): MessageFiguresView {
  const { accepted, sent, delivered, read, failed, expired } = counts;
  const rates = { deliveryRate: rateOf(delivered, sent), readRate: rateOf(read, delivered), failureRate: rateOf(failed + expired, accepted) };
  return { ...counts, ...rates, cost: { amount: amountText(costMicros), currency, chargedMessages: charged, unpricedMessages: unpriced } };
}

export function durationsView(figures: readonly DurationFigures[]): DurationsView {
  const of = (kind: DurationKind): DurationFiguresView => durationView(figures.filter((one) => one.kind === kind));
  return { firstResponse: of('first-response'), response: of('response'), resolution: of('resolution') };
}

function durationView(figures: readonly DurationFigures[]): DurationFiguresView {
  const sum = (of: (one: DurationFigures) => number): number => figures.reduce((total, one) => total + of(one), 0);
  const total = sum((one) => one.count);
  const histogram = figures.reduce<Histogram>((all, one) => one.histogram.map((count, step) => count + (all[step] ?? 0)), []);
  return {
    count: total,
    averageSeconds: total === 0 ? null : Math.round(sum((one) => one.seconds) / total),
    medianSeconds: quantileOf(histogram, 0.5),
    p90Seconds: quantileOf(histogram, 0.9),
    withinServiceLevel: rateOf(sum((one) => one.inTime), sum((one) => one.judged)),
  };
}

/** The members by which a group is known. */
export function groupMembers({ hour, day, number, template, category }: StatsKey): Omit<StatsGroupView, 'messages' | 'durations'> {
  return {
    ...(hour && { hour }),
    ...(day && { day }),
    ...(number && { numberId: number }),
    ...(template !== undefined && { templateId: template }),
    ...(category !== undefined && { category }),
  };
}

export function liveFiguresView(day: string, today: MessageCounts, row: LiveRow, currency: string): LiveFiguresView {
  return {
    day,
    today: messageFiguresView(today, currency),
    queued: row.queued,
    sending: row.sending,
    deadLetters: row.deadLetters,
    unansweredConversations: row.unanswered,
    overdueConversations: row.overdue,
    measuredAt: row.measuredAt?.toISOString() ?? null,
  };
}
