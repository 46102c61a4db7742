import { ApiProperty } from '@nestjs/swagger';
import type { OutboundFigures, OutboundTally } from '@parley/data';
import { failureRate } from '@parley/domain';

const RATE_DIGITS = 4;

export class ChannelMetricsView {
  @ApiProperty({ enum: ['WHATSAPP'], examples: ['WHATSAPP'] })
  channel!: string;

  @ApiProperty({ type: 'integer', description: 'Messages that Meta accepted within the window.', examples: [1_240] })
  sent!: number;

  @ApiProperty({ type: 'integer', description: 'Messages that failed for good within the window.', examples: [12] })
  failed!: number;

  @ApiProperty({ description: 'The share that failed of those whose end is known, 0 to 1.', examples: [0.0096] })
  failureRate!: number;

  @ApiProperty({ type: 'integer', examples: [60] })
  windowMinutes!: number;
}

/** How sending fares. Figures are measured every half minute, not for each request. */
export class OutboundHealthView {
  @ApiProperty({ type: 'integer', description: 'Messages that wait to leave, for whatever reason.', examples: [310] })
  queuedMessages!: number;

  @ApiProperty({ type: 'integer', description: 'Messages on their way to Meta, those with an unknown outcome included.', examples: [4] })
  sendingMessages!: number;

  @ApiProperty({ type: 'integer', description: 'Both together.', examples: [314] })
  totalPendingMessages!: number;

  @ApiProperty({ type: 'integer', description: 'Of the queued: due for over a minute, neither held nor scheduled.', examples: [0] })
  overdueMessages!: number;

  @ApiProperty({ type: 'integer', examples: [12] })
  deadLetterQueueSize!: number;

  @ApiProperty({ type: [ChannelMetricsView] })
  channelMetrics!: ChannelMetricsView[];

  @ApiProperty({ description: 'Whether counting ended at 10,000 of a number and state: then there are at least so many.', examples: [false] })
  isCapped!: boolean;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: not measured yet.', examples: ['2026-11-21T09:00:00.000Z'] })
  measuredAt!: string | null;
}

export function outboundHealthView(figures: OutboundFigures | null, tallies: readonly OutboundTally[], windowMinutes: number): OutboundHealthView {
  const { due = 0, queued = 0, sending = 0, deadLetters = 0, isCapped = false, measuredAt = null } = figures ?? {};
  const known = tallies.length > 0 ? tallies : [{ channel: 'WHATSAPP', accepted: 0, failed: 0, failedAccepted: 0 }];
  return {
    queuedMessages: queued,
    sendingMessages: sending,
    totalPendingMessages: queued + sending,
    overdueMessages: due,
    deadLetterQueueSize: deadLetters,
    channelMetrics: known.map((tally) => ({
      channel: tally.channel,
      sent: tally.accepted,
      failed: tally.failed,
      failureRate: Number(failureRate(tally).rate.toFixed(RATE_DIGITS)),
      windowMinutes,
    })),
    isCapped,
    measuredAt: measuredAt?.toISOString() ?? null,
  };
}
