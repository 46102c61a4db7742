import type { GraphErrorVerdict } from '@parley/domain';
import type { Exchange, LostReason, NotSentReason } from './exchange.js';
import { classify, readGraphError, type GraphError } from './graph-error.js';
import { parseJson } from './json.js';
import { readRetryAfter } from './usage.js';
import type { SendAnswer } from './wire.js';

/** Meta took the message. Delivery is told by webhooks. */
export interface SendAccepted {
  readonly kind: 'accepted';
  readonly wamid: string;
  /** undefined where the message went to a business-scoped id alone. */
  readonly waId: string | undefined;
  readonly userId: string | undefined;
  /** `accepted`, `held_for_quality_assessment` or `paused`; template sends only. */
  readonly messageStatus: string | undefined;
  readonly httpStatus: number;
  readonly traceId: string | undefined;
  readonly body: SendAnswer;
}

/** The message was not taken; `classification` says what becomes of it, and what must pause. Its class is never `unknown`. */
export interface SendRefused {
  readonly kind: 'refused';
  readonly error: GraphError;
  readonly classification: GraphErrorVerdict;
  /** What the header `Retry-After` asks for. */
  readonly retryAfterSeconds: number | undefined;
}

/** No byte of the request left this machine: sending again cannot send twice. */
export interface SendNotSent {
  readonly kind: 'not-sent';
  readonly reason: NotSentReason;
}

/** Meta may have taken the message: it must not be sent again blindly. */
export interface SendUnknown {
  readonly kind: 'unknown';
  readonly reason: LostReason | 'unreadable-answer' | 'server-error';
  readonly httpStatus: number | undefined;
  readonly traceId: string | undefined;
  /** The error that left it open, and what it says of the scope in trouble. */
  readonly error: GraphError | undefined;
  readonly classification: GraphErrorVerdict | undefined;
}

export type SendOutcome = SendAccepted | SendRefused | SendNotSent | SendUnknown;

/** What the end of the POST says about the message. */
export function readSendOutcome(ended: Exchange): SendOutcome {
  if (ended.kind === 'not-sent') return ended;
  if (ended.kind === 'lost') return unknown(ended.reason, undefined);

  const { status, headers, body } = ended;
  const traceId = textOf(headers['x-fb-trace-id']);
  if (status >= 200 && status < 300) return readAccepted(status, body, traceId);

  const error = readGraphError(status, body);
  const classification = classify(error, true);
  if (classification.class === 'unknown') {
    return {
      kind: 'unknown',
      reason: 'server-error',
      httpStatus: status,
      traceId: error.traceId ?? traceId,
      error,
      classification,
    };
  }
  return { kind: 'refused', error, classification, retryAfterSeconds: readRetryAfter(headers) };
}

function readAccepted(httpStatus: number, raw: Buffer, traceId: string | undefined): SendOutcome {
  const body = parseJson(raw) as SendAnswer | null | undefined;
  const message = firstOf(body?.messages);
  const wamid = textOf(message?.id);
  if (!body || wamid === undefined) return unknown('unreadable-answer', httpStatus, traceId);
  const contact = firstOf(body.contacts);
  return {
    kind: 'accepted',
    wamid,
    waId: textOf(contact?.wa_id),
    userId: textOf(contact?.user_id),
    messageStatus: textOf(message?.message_status),
    httpStatus,
    traceId,
    body,
  };
}

function unknown(reason: SendUnknown['reason'], httpStatus: number | undefined, traceId?: string): SendUnknown {
  return { kind: 'unknown', reason, httpStatus, traceId, error: undefined, classification: undefined };
}

/** The answer is what the wire brought: a list may be anything. */
function firstOf<T>(list: readonly T[] | undefined): T | undefined {
  return Array.isArray(list) ? (list as readonly T[])[0] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
