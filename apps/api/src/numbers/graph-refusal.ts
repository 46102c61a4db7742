import { DomainError, type ErrorCode } from '@parley/domain';
import { WhatsAppAuthError, WhatsAppError } from '@parley/graph';

/** Codes with which Meta says that an object is not there for this token. */
const NOT_THERE = 100;
const NO_RIGHT_TO_OBJECT = 200;
/** Subcode of 100. */
const NO_SUCH_OBJECT = 33;

/** Refusals that the caller can mend, by Meta's code or subcode: they are no fault of the platform between us. */
const CODE_OF_GRAPH: Readonly<Record<number, ErrorCode>> = {
  2200: 'callback.unverified',
  36007: 'credential.code-invalid',
  36008: 'credential.code-invalid',
  36009: 'credential.code-invalid',
  133005: 'number.pin-mismatch',
  133006: 'number.unverified',
  133010: 'number.not-registered',
  136025: 'number.code-mismatch',
};

/** Asks Meta for something about a number that is known to be there. @throws DomainError with Meta's words, code and trace id */
export async function askMeta<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof WhatsAppError)) throw error;
    throw graphRefusal(error, codeOf(error));
  }
}

function codeOf({ graph, code }: WhatsAppError): ErrorCode {
  const known = CODE_OF_GRAPH[graph?.code ?? 0] ?? CODE_OF_GRAPH[graph?.subcode ?? 0];
  if (known !== undefined) return known;
  // 100: a member of the request that Meta does not take; everything that is in it came from the caller.
  return code === 'graph.refused' && graph?.code === NOT_THERE && graph.subcode !== NO_SUCH_OBJECT ? 'request.refused' : code;
}

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
