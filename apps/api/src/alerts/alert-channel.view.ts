import { ApiProperty } from '@nestjs/swagger';
import type { AlertChannelRow } from '@parley/data';
import { ALERT_KINDS, ALERT_SEVERITIES } from '@parley/domain';

/** A channel as its owner sees it: without the address of a webhook. */
export class AlertChannelView {
  @ApiProperty({ format: 'uuid', examples: ['0199a1b2-0000-7000-8000-000000000001'] })
  id!: string;

  @ApiProperty({ enum: ['email', 'slack', 'log'], examples: ['slack'] })
  type!: string;

  @ApiProperty({ examples: ['Kitchen'] })
  name!: string;

  @ApiProperty({ type: [String], examples: [[]] })
  recipients!: string[];

  @ApiProperty({ enum: ALERT_SEVERITIES, examples: ['warning'] })
  minSeverity!: string;

  @ApiProperty({ enum: ALERT_KINDS, isArray: true, description: 'Empty: all kinds.', examples: [[]] })
  kinds!: string[];

  @ApiProperty({ examples: [true] })
  enabled!: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Why the channel did not take the last message; null where it did.', examples: ['Slack refused the message (404, no_service).'] })
  lastError!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, examples: ['2026-11-21T09:00:00.000Z'] })
  lastErrorAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, examples: ['2026-11-21T08:00:00.000Z'] })
  lastSentAt!: string | null;

  @ApiProperty({ type: 'integer', description: 'Failures in a row; the more, the longer is waited before the next try.', examples: [1] })
  failures!: number;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  updatedAt!: string;
}

export class AlertChannelTestView {
  @ApiProperty({ description: 'The channel took the message.', enum: [true], examples: [true] })
  delivered!: true;
}

export function alertChannelView(row: AlertChannelRow): AlertChannelView {
  return {
    id: row.id,
    type: row.type,
    name: row.name,
    recipients: row.recipients,
    minSeverity: row.minSeverity,
    kinds: row.kinds,
    enabled: row.enabled,
    lastError: row.lastError,
    lastErrorAt: row.lastErrorAt?.toISOString() ?? null,
    lastSentAt: row.lastSentAt?.toISOString() ?? null,
    failures: row.failures,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
