import { STEP_FAILURES, type StepFailure } from '@parley/domain';

/** A step could not do its work. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';

  constructor(
    readonly reason: StepFailure,
    readonly options: { readonly isRetryable?: boolean; readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(STEP_FAILURES[reason], { cause: options.cause });
  }
}
