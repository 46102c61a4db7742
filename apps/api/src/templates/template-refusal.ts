import type { DomainError } from '@parley/domain';
import type { WhatsAppError } from '@parley/graph';
import { graphRefusal, refusesToken } from '../numbers/graph-refusal.js';

/** Meta's refusal of a call about a template: of the token, of the template, or of us. */
export function templateRefusal(error: WhatsAppError): DomainError {
  if (refusesToken(error)) return graphRefusal(error, 'credential.invalid');
  return error.code === 'graph.refused' ? graphRefusal(error, 'template.refused') : graphRefusal(error);
}
