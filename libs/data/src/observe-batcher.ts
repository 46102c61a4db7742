import { DomainError } from '@parley/domain';
import { logEvent, type EventLogger, type Metrics } from '@parley/platform';
import type { BatcherObserver, SetReport } from './batcher.js';

type SetOutcome = 'committed' | 'halved' | 'failed' | 'connection_lost';

const SECOND_MS = 1_000;

/** Shows a Batcher to operators: sizes, waits and ends of its sets as metrics, and a line for each set that failed. */
export function observeBatcher(batcher: string, metrics: Metrics, logger: EventLogger): BatcherObserver {
  return {
    refused: () => metrics.inc('batcher_refused_total', { batcher }),
    flushed: (set) => {
      const outcome = outcomeOf(set);
      metrics.observe('batcher_set_rows', set.rows, { batcher });
      metrics.observe('batcher_wait_seconds', set.waitedMs / SECOND_MS, { batcher });
      metrics.observe('batcher_flush_seconds', set.tookMs / SECOND_MS, { batcher });
      metrics.set('batcher_queue_bytes', set.waitingBytes, { batcher });
      metrics.inc('batcher_sets_total', { batcher, outcome });
      if (outcome === 'committed') return;
      const { rows, errors } = set;
      logEvent(logger, 'batcher.set_failed', { batcher, outcome, rows, failed: errors.length, code: codeOf(errors[0]) });
    },
  };
}

function outcomeOf({ rows, errors }: SetReport): SetOutcome {
  const [first] = errors;
  if (first === undefined) return 'committed';
  if (first instanceof DomainError && first.code === 'database.unavailable') return 'connection_lost';
  return errors.length < rows ? 'halved' : 'failed';
}

/** SQLSTATE, or the code of ours. The text of a database error may hold what was written. */
function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}
