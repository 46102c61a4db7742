import { ApiProperty } from '@nestjs/swagger';

export const CANARY_KINDS = ['message', 'template'] as const;
export const CANARY_STATES = ['WAITING', 'SEEN', 'LATE'] as const;

/** A canary waits this long until it counts as lost; it may still be seen later. */
const LATE_AFTER_MS = 5 * 60_000;

/** Proof that webhooks arrive, or its absence. */
export class CanaryView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: CANARY_KINDS, example: 'message', description: 'A message to somebody, or a template that was made and taken back.' })
  kind!: string;

  @ApiProperty({ enum: CANARY_STATES, example: 'SEEN', description: 'LATE: nothing came within five minutes.' })
  state!: (typeof CANARY_STATES)[number];

  @ApiProperty({ format: 'date-time' })
  startedAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the first signed webhook about it was taken.' })
  seenAt!: Date | null;

  @ApiProperty({ type: Number, nullable: true, example: 1_240, description: 'From its start to that webhook.' })
  tookMs!: number | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The message that was sent.' })
  messageId!: string | null;
}

/** A row of `canaries`, with what its message has told. */
export interface CanaryRow {
  id: string;
  kind: string;
  startedAt: Date;
  seenAt: Date | null;
  messageId: string | null;
}

export function canaryView({ id, kind, startedAt, seenAt, messageId }: CanaryRow, now: Date): CanaryView {
  const waitedMs = now.getTime() - startedAt.getTime();
  const state = seenAt !== null ? 'SEEN' : waitedMs < LATE_AFTER_MS ? 'WAITING' : 'LATE';
  // The webhook is dated when it was taken, the start when it was committed: one may overtake the other by a moment.
  const tookMs = seenAt === null ? null : Math.max(0, seenAt.getTime() - startedAt.getTime());
  return { id, kind, state, startedAt, seenAt, tookMs, messageId };
}
