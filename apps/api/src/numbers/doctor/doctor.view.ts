import { ApiProperty } from '@nestjs/swagger';
import { CanaryView } from '../canary/canary.view.js';
import { CHECKS, FINDING_STATUSES, type FindingStatus } from './finding.js';

/** What one check found. */
export class FindingView {
  @ApiProperty({ enum: CHECKS, example: 'quality' })
  name!: string;

  @ApiProperty({ enum: FINDING_STATUSES, example: 'warn', description: 'unknown: it could not be asked; summary says why.' })
  status!: FindingStatus;

  @ApiProperty({ example: 'Some customers block or report the number.' })
  summary!: string;

  @ApiProperty({ type: String, nullable: true, example: 'quality_rating YELLOW', description: "Meta's own words." })
  meta!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Write less often, and only to people who asked for it.' })
  whatToDo!: string | null;
}

/** The diagnosis of a number. */
export class DoctorView {
  @ApiProperty({ format: 'uuid' })
  numberId!: string;

  @ApiProperty({ enum: FINDING_STATUSES, example: 'warn', description: 'The worst of all checks.' })
  status!: FindingStatus;

  @ApiProperty({ format: 'date-time' })
  checkedAt!: Date;

  @ApiProperty({ example: 412 })
  tookMs!: number;

  @ApiProperty({ type: [FindingView] })
  checks!: FindingView[];

  @ApiProperty({ type: CanaryView, nullable: true, description: 'The newest canary.' })
  canary!: CanaryView | null;
}
