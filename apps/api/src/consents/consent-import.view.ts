import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CONSENT_ROW_FAULTS, type ConsentRowFault } from '@parley/domain';

const FAULTS = Object.keys(CONSENT_ROW_FAULTS) as ConsentRowFault[];

/** A row that was not recorded. */
export class ConsentRowProblemView {
  @ApiPropertyOptional({ example: 17, description: 'Of a file: the line where the row begins, from 1.' })
  line?: number;

  @ApiPropertyOptional({ example: '/rows/3', description: 'Of a list: a JSON pointer into the request.' })
  pointer?: string;

  @ApiProperty({ enum: FAULTS })
  code!: ConsentRowFault;

  @ApiProperty({ example: CONSENT_ROW_FAULTS['phone.invalid'] })
  text!: string;
}

/** What became of an import. */
export class ConsentImportView {
  @ApiProperty({ example: 2_310, description: 'Rows that were read.' })
  rows!: number;

  @ApiProperty({ example: 2_290, description: 'Rows that stand now.' })
  recorded!: number;

  @ApiProperty({ example: 12, description: 'Rows kept as a proof only: a later decision stands.' })
  older!: number;

  @ApiProperty({ example: 5, description: 'Rows that were recorded before, by the same file perhaps.' })
  known!: number;

  @ApiProperty({ example: 3 })
  bad!: number;

  @ApiProperty({ type: [ConsentRowProblemView], description: 'Each bad row, up to 1,000 of them.' })
  problems!: ConsentRowProblemView[];

  @ApiPropertyOptional({ example: 'windows-1250', description: 'Of a file: the encoding in which it was read.' })
  charset?: string;

  @ApiPropertyOptional({ example: ';' })
  delimiter?: string;
}
