import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AUDIENCE_FAULTS, type AudienceFault } from '@parley/domain';
import { faultText, MOST_PROBLEMS, type AudienceCounts } from './audience-tally.js';
import { CHARSETS } from '../csv/file-charset.js';
import type { FileReport } from './receive-audience.js';

const FAULTS = Object.keys(AUDIENCE_FAULTS) as AudienceFault[];
const UPLOAD_STATES = ['RECEIVING', 'TAKEN', 'UNDONE'] as const;

export class AudienceProblemView {
  @ApiPropertyOptional({ example: 17, description: 'Of a file: the line where the row begins, from 1.' })
  line?: number;

  @ApiPropertyOptional({ example: '/recipients/3/to', description: 'Of a list: a JSON pointer into the request.' })
  pointer?: string;

  @ApiProperty({ enum: FAULTS })
  code!: AudienceFault;

  @ApiProperty({ example: AUDIENCE_FAULTS['phone.invalid'] })
  text!: string;
}

export class AudienceReasonView {
  @ApiProperty({ enum: FAULTS })
  code!: AudienceFault;

  @ApiProperty({ example: AUDIENCE_FAULTS['phone.invalid'] })
  text!: string;

  @ApiProperty({ example: 4 })
  count!: number;
}

export class FileCharsetView {
  @ApiProperty({ enum: CHARSETS })
  name!: string;

  @ApiProperty({ enum: ['bom', 'declared', 'detected'] })
  source!: string;

  @ApiProperty({ example: 'The beginning of the file reads as UTF-8.' })
  because!: string;
}

/** What became of recipients that were given. */
export class AudienceReportView {
  @ApiProperty({ example: 4_210, description: 'Entries that were read.' })
  rows!: number;

  @ApiProperty({ example: 4_200 })
  taken!: number;

  @ApiProperty({ example: 6, description: 'In the audience already, or twice in what was given.' })
  duplicates!: number;

  @ApiProperty({ example: 4 })
  bad!: number;

  @ApiProperty({ type: [AudienceReasonView] })
  reasons!: AudienceReasonView[];

  @ApiProperty({ type: [AudienceProblemView], description: `The first ${MOST_PROBLEMS} entries that were not taken.` })
  problems!: AudienceProblemView[];
}

/** The same for a file or a tag, with how it was read. */
export class UploadReportView extends AudienceReportView {
  @ApiProperty({ enum: ['file', 'tag'] })
  source!: string;

  @ApiProperty({ type: String, nullable: true, example: 'guests.csv', description: 'Of the file; or the tag.' })
  name!: string | null;

  @ApiProperty({ enum: UPLOAD_STATES, description: 'UNDONE: it broke off or was refused, and nothing of it is in the audience.' })
  state!: string;

  @ApiProperty({ type: FileCharsetView, nullable: true })
  charset!: FileCharsetView | null;

  @ApiProperty({ type: String, nullable: true, example: ';' })
  delimiter!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it was undone.' })
  problem!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt!: Date | null;
}

/** A row of `campaign_uploads`. */
export interface UploadRow {
  source: string;
  name: string | null;
  state: string;
  report: unknown;
  createdAt: Date;
  endedAt: Date | null;
}

export function audienceReportView({ rows = 0, taken = 0, duplicates = 0, bad = 0, reasons = {}, problems = [] }: Partial<AudienceCounts>): AudienceReportView {
  const counted = (Object.entries(reasons) as [AudienceFault, number][]).map(([code, count]) => ({ code, text: faultText(code), count }));
  return { rows, taken, duplicates, bad, reasons: counted, problems: problems.map((one) => ({ ...one, text: faultText(one.code) })) };
}

export function uploadReportView({ source, name, state, report, createdAt, endedAt }: UploadRow): UploadReportView {
  const { charset = null, delimiter = null, problem = null, ...counts } = report as Partial<FileReport> & { problem?: string };
  // What was undone was not taken in the end.
  const taken = state === 'UNDONE' ? 0 : counts.taken;
  return { source, name, state, ...audienceReportView({ ...counts, taken }), charset, delimiter, problem, createdAt, endedAt };
}
