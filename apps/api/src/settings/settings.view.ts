import { ApiProperty } from '@nestjs/swagger';
import type { SettingsSection } from '@parley/domain';

/** A section of an organisation's settings. The value's model is the section's own. */
export class SettingsView<T = unknown> {
  @ApiProperty({ examples: ['business-hours'] })
  section!: SettingsSection;

  @ApiProperty({ description: '0: nothing was changed yet, these are the defaults.', examples: [3] })
  version!: number;

  value!: T;

  @ApiProperty({ type: String, nullable: true, description: 'Who changed it last.', examples: ['user:ana'] })
  updatedBy!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, examples: ['2026-11-21T09:00:00.000Z'] })
  updatedAt!: string | null;
}

/** One change of a section. */
export class SettingsChangeView {
  @ApiProperty({ format: 'uuid', examples: ['0199a1b2-0000-7000-8000-000000000004'] })
  id!: string;

  @ApiProperty({ examples: ['user:ana'] })
  actor!: string;

  @ApiProperty({ type: Object, nullable: true, additionalProperties: true, description: 'null: the defaults.', examples: [null] })
  before!: unknown;

  @ApiProperty({ type: Object, additionalProperties: true, examples: [{ weekly: {}, holidays: [] }] })
  after!: unknown;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  at!: string;
}
