import { ApiPropertyOptional } from '@nestjs/swagger';
import { ALERT_KINDS, type AlertKind } from '@parley/domain';
import { IsIn } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { ALERT_STATES } from './alert.view.js';

export class AlertQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ALERT_STATES })
  @Optional()
  @IsIn(ALERT_STATES)
  state?: (typeof ALERT_STATES)[number];

  @ApiPropertyOptional({ enum: ALERT_KINDS })
  @Optional()
  @IsIn(ALERT_KINDS)
  kind?: AlertKind;
}
