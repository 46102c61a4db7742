import type { MessageKey, RunEnd } from '@parley/data';
import type { AutomationStepType } from '@parley/domain';
import { logEvent, type EventLogger, type Metrics } from '@parley/platform';

interface Hearers {
  metrics: Pick<Metrics, 'inc'>;
  logger: EventLogger;
}

const OUTCOMES = { ANSWERED: 'answered', PASSED: 'passed', HANDED_OVER: 'handed_over', FAILED: 'failed' } as const;

/** Counts and logs how a step ended; ids and codes only. */
export function tellStep({ metrics, logger }: Hearers, type: AutomationStepType, { messageId, tenantId }: MessageKey, { step, state, reason }: RunEnd): void {
  metrics.inc('automation_steps_total', { step: type, outcome: OUTCOMES[state] });
  logEvent(logger, state === 'FAILED' ? 'automation.step_failed' : 'automation.step_ended', { tenantId, messageId, step, state, reason });
}
