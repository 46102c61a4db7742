import { DomainError, isJsonObject, type FieldError, type MessageDraft, type TenantId } from '@parley/domain';
import { readMessageRequest, requestHashOf, type AcceptanceRequest } from '@parley/messaging';
import { problemOf, type Problem } from '@parley/platform';

/** As many as one call may hold. */
export const MOST_MESSAGES = 1_000;

/** One item of a call: a request, or why it is none. */
export type BatchItem = { ok: true; request: AcceptanceRequest } | { ok: false; error: DomainError };

/**
 * The items of a body `{messages: [...]}`, by position. A bad item is an answer of its own; only a body that holds no
 * list of 1 to 1,000 is refused as a whole.
 * @param callKey the Idempotency-Key of the call; with the index it is the key of an item that has none of its own
 * @throws request.invalid
 */
export function readItems(body: unknown, tenantId: TenantId, callKey: string | null): BatchItem[] {
  return listOf(body).map((item, at): BatchItem => {
    const read = readMessageRequest(item);
    if (!read.ok) return read;
    return { ok: true, request: requestOf(read.draft, tenantId, read.idempotencyKey ?? (callKey === null ? null : `${callKey} ${at}`)) };
  });
}

/** The refusal of an item, its pointers below `/messages/<index>`. */
export function itemProblem(error: DomainError, at: number, requestId: string, docsBase: string): Problem {
  const { body } = problemOf(error, requestId, docsBase);
  const errors = error.errors.length > 0 ? error.errors : [{ pointer: '', code: error.code, detail: body.detail }];
  return { ...body, errors: errors.map((fault): FieldError => ({ ...fault, pointer: `/messages/${at}${fault.pointer}` })) };
}

function requestOf(draft: MessageDraft, tenantId: TenantId, idempotencyKey: string | null): AcceptanceRequest {
  return { tenantId, draft, source: 'api', idempotencyKey, requestHash: requestHashOf(draft) };
}

function listOf(body: unknown): readonly unknown[] {
  const { messages, ...others } = isJsonObject(body) ? body : {};
  const unknown = Object.keys(others).map((name) => fault(`/${name}`, 'field.unknown', `property ${name} should not exist`));
  const isList = Array.isArray(messages) && messages.length > 0 && messages.length <= MOST_MESSAGES;
  const errors = [...(isList ? [] : [fault('/messages', 'field.invalid', `messages must be a list of 1 to ${MOST_MESSAGES}`)]), ...unknown];
  if (errors.length > 0) throw new DomainError('request.invalid', undefined, { errors: errors.slice(0, 50) });
  return messages as readonly unknown[];
}

const fault = (pointer: string, code: string, detail: string): FieldError => ({ pointer, code, detail });
