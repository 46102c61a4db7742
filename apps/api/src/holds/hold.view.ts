import { ApiProperty } from '@nestjs/swagger';
import { HOLD_CAUSES, HOLD_SCOPES, type HoldCause, type HoldScope } from '@parley/data';
import { WAIT_CAUSES } from '@parley/domain';

/** A row of `holds`, as far as tenants see it. */
export interface HoldRow {
  id: string;
  scope: string;
  scopeId: string;
  cause: string;
  reason: string;
  actor: string;
  until: Date | null;
  beganAt: Date;
}

/** What holds messages back. */
export class HoldView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: HOLD_SCOPES, example: 'number', description: 'What is held. app: the Meta app behind your access tokens.' })
  scope!: HoldScope;

  @ApiProperty({ format: 'uuid', description: 'Its id: of the number, account or template, or of the organisation.' })
  scopeId!: string;

  @ApiProperty({ enum: HOLD_CAUSES, example: 'pause' })
  cause!: HoldCause;

  @ApiProperty({ example: 'Kitchen is closed', description: 'As it was given, or a code of ours: credential.invalid.' })
  reason!: string;

  @ApiProperty({ example: WAIT_CAUSES.pause.text, description: 'The cause in words.' })
  text!: string;

  @ApiProperty({ example: 'key:parley_live_4fK9mQ2xTb7Z', description: 'Who holds it: a caller, meta, or system.' })
  actor!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Until when; null: until somebody lifts it.' })
  until!: Date | null;

  @ApiProperty({ format: 'date-time' })
  beganAt!: Date;
}

/** What a tenant sees of a hold. */
export function holdView({ id, scope, scopeId, cause, reason, actor, until, beganAt }: HoldRow): HoldView {
  const known = cause as HoldCause;
  return { id, scope: scope as HoldScope, scopeId, cause: known, reason, text: WAIT_CAUSES[known].text, actor, until, beganAt };
}
