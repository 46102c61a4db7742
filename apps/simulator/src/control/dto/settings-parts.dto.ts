import { IsDefined } from 'class-validator';
import type { ThroughputLevel } from '../../state/account.js';
import { MAX_MS, Milliseconds, Part, Whole } from './settings-decorators.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Fixed delays of the statuses, each from the step before it. */
export class StatusDelaysDto {
  @Milliseconds()
  readonly sent!: number;

  @Milliseconds()
  readonly delivered!: number;

  @Milliseconds()
  readonly read!: number;

  @Whole(0, MAX_MS, 'Voice notes only; left out: as `read`.')
  readonly played?: number;
}

/** A span of milliseconds, both ends included. */
export class SpanDto {
  @Milliseconds(DAY_MS)
  readonly min!: number;

  @Milliseconds(DAY_MS)
  readonly max!: number;
}

/** The spans that the delays of the statuses are drawn from. */
export class StatusSpansDto {
  @IsDefined()
  @Part(() => SpanDto, 'From the acceptance.')
  readonly sent!: SpanDto;

  @IsDefined()
  @Part(() => SpanDto, 'From `sent`; also of `failed`.')
  readonly delivered!: SpanDto;

  @IsDefined()
  @Part(() => SpanDto, 'From `delivered`.')
  readonly read!: SpanDto;

  @IsDefined()
  @Part(() => SpanDto, 'From `read`; voice notes only.')
  readonly played!: SpanDto;
}

/** Messages a second by level. */
export class ThroughputDto implements Record<ThroughputLevel, number> {
  @IsDefined()
  @Whole(1, 100_000, 'Meta: 80.')
  readonly STANDARD!: number;

  @IsDefined()
  @Whole(1, 100_000, 'Meta: 1,000.')
  readonly HIGH!: number;

  @IsDefined()
  @Whole(1, 100_000, 'Meta: 20.')
  readonly COEXISTENCE!: number;
}
