import { ApiProperty } from '@nestjs/swagger';
import type { AlertRow } from '@parley/data';
import { ALERT_KINDS, ALERT_OBJECTS, ALERT_SEVERITIES, alertText, type AlertFacts, type AlertKind } from '@parley/domain';

export const ALERT_STATES = ['OPEN', 'RESOLVED'] as const;

export class AlertObjectView {
  @ApiProperty({ description: 'What the alert is about.', enum: ALERT_OBJECTS, examples: ['number'] })
  type!: string;

  @ApiProperty({ examples: ['0199a1b2-0000-7000-8000-000000000003'] })
  id!: string;

  @ApiProperty({ type: String, nullable: true, examples: ['+40 722 000 000'] })
  name!: string | null;
}

/** An incident: opened once, told once, resolved once. */
export class AlertView {
  @ApiProperty({ format: 'uuid', examples: ['0199a1b2-0000-7000-8000-000000000001'] })
  id!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null: of the platform.', examples: ['0199a1b2-0000-7000-8000-000000000002'] })
  tenantId!: string | null;

  @ApiProperty({ enum: ALERT_KINDS, examples: ['number_paused'] })
  kind!: string;

  @ApiProperty({ enum: ALERT_SEVERITIES, examples: ['critical'] })
  severity!: string;

  @ApiProperty({ enum: ALERT_STATES, examples: ['OPEN'] })
  state!: string;

  @ApiProperty({ type: AlertObjectView })
  object!: AlertObjectView;

  @ApiProperty({ examples: ['+40 722 000 000 does not send'] })
  title!: string;

  @ApiProperty({ examples: ['+40 722 000 000 is held (pause): meta.131048. It lasts until somebody lifts it. Its messages are kept.'] })
  summary!: string;

  @ApiProperty({ examples: ['GET /v1/numbers/{id}/doctor says what is wrong; resume the number once that is mended.'] })
  whatToDo!: string;

  @ApiProperty({ description: 'The figures behind the words; which ones, depends on the kind.', type: 'object', additionalProperties: true, examples: [{ cause: 'pause' }] })
  facts!: unknown;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  openedAt!: string;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:05:00.000Z'] })
  lastSeenAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, examples: [null] })
  resolvedAt!: string | null;
}

export function alertView(row: AlertRow): AlertView {
  const { id, tenantId, kind, severity, state, objectType, objectId, subject, facts } = row;
  return {
    id,
    tenantId,
    kind,
    severity,
    state,
    object: { type: objectType, id: objectId, name: subject },
    // The facts were written with the kind, by this release or one beside it.
    ...alertText(kind as AlertKind, { facts: facts as AlertFacts[AlertKind], subject }),
    facts,
    openedAt: row.openedAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
  };
}
