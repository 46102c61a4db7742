import { DomainError, type ErrorCode } from '@parley/domain';
import { WhatsAppAuthError, type WhatsAppError } from '@parley/graph';

/** Codes with which Meta says that an object is not there for this token. */
const NOT_THERE = 100;
const NO_RIGHT_TO_OBJECT = 200;

/** Meta's refusal with its code and trace id, as the caller of our API reads it. */
export function graphRefusal(error: WhatsAppError, code: ErrorCode = error.code, detail = textOf(error)): DomainError {
  const { retryAfterSeconds, context } = error;
  return new DomainError(code, detail, {
    context,
    cause: error,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

/** Whether Meta refuses the token itself, and not the object that it was used on. */
export function refusesToken(error: WhatsAppError): boolean {
  return error instanceof WhatsAppAuthError && !refusesObject(error);
}

/** Whether the token may not see this object, or nothing is there: Meta answers both alike. */
export function refusesObject({ graph }: WhatsAppError): boolean {
  return graph?.code === NOT_THERE || graph?.code === NO_RIGHT_TO_OBJECT;
}

function textOf({ detail, graph }: WhatsAppError): string {
  return graph?.details === undefined ? detail : `${detail}: ${graph.details}`;
}
