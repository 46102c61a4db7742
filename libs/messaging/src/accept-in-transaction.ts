import type { SystemTx } from '@parley/data';
import type { AcceptanceRequest, AcceptanceResult } from './acceptance-request.js';
import { acceptSet } from './acceptance-set.js';
import { TemplateDefinitions } from './template-definitions.js';

/**
 * The same pipeline inside a transaction of the caller's, for answers that must be there exactly when their cause is. By
 * position; a refusal is an answer. Whoever commits wakes the numbers then. Not for many: their rows stay locked until COMMIT.
 */
export function acceptInTransaction(tx: SystemTx, requests: readonly AcceptanceRequest[], validSeconds: number): Promise<AcceptanceResult[]> {
  const arrived = requests.map((request, arrival) => ({ ...request, arrival }));
  return acceptSet(tx, arrived, new TemplateDefinitions(), validSeconds);
}
