import { DomainError, type ErrorCode } from '@parley/domain';
import { classify, type GraphError } from './graph-error.js';

/** What a WhatsAppError knows beside its text. Never a token, a body or a phone number. */
export interface WhatsAppErrorContext {
  readonly endpoint?: string;
  readonly mediaId?: string;
  readonly graph?: GraphError;
  readonly reason?: string;
}

export interface WhatsAppErrorOptions extends WhatsAppErrorContext {
  readonly code?: ErrorCode;
  readonly retryAfterSeconds?: number | undefined;
}

/** Everything that goes wrong at the WhatsApp Cloud API outside of a send, which answers with a SendOutcome. */
export class WhatsAppError extends DomainError {
  /** @param status the HTTP status that Meta answered, or the one that fits where it did not answer */
  constructor(
    detail: string,
    readonly status: number,
    { code = 'graph.refused', retryAfterSeconds, ...context }: WhatsAppErrorOptions = {},
  ) {
    super(code, detail, {
      context: { ...context, ...wordsOf(context.graph) },
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }

  /** Graph's own error, where there is one. */
  get graph(): GraphError | undefined {
    return this.context['graph'] as GraphError | undefined;
  }

  /** What whoever reads the error can do about it, by Meta's code; undefined where Meta gave no answer. */
  get whatToDo(): string | undefined {
    return this.context['whatToDo'] as string | undefined;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), status: this.status };
  }
}

/** Meta's code and trace id, under the names by which problem+json shows them, and what the table says to do. */
function wordsOf(graph: GraphError | undefined): Readonly<Record<string, unknown>> {
  if (!graph) return {};
  const { whatToDo } = classify(graph, false);
  return { graphCode: graph.code ?? undefined, graphSubcode: graph.subcode, traceId: graph.traceId, whatToDo };
}

/** The token is missing, expired or revoked (401), or may not touch this object (403). */
export class WhatsAppAuthError extends WhatsAppError {
  constructor(detail: string, status: 401 | 403, context?: WhatsAppErrorContext) {
    super(detail, status, { ...context, code: 'credential.invalid' });
  }
}

/** Throttled (shown as 429, whatever Meta answered): ask again after `retryAfterSeconds`, where Meta said so. */
export class WhatsAppRateLimitError extends WhatsAppError {
  constructor(detail: string, retryAfterSeconds: number | undefined, context?: WhatsAppErrorContext) {
    super(detail, 429, { ...context, code: 'graph.unavailable', retryAfterSeconds });
  }
}

/**
 * A template is unknown, not approved, paused, or its parameters do not fit (Meta's codes 132000 to 132999), or Meta
 * refuses to create or change one: what for is in the title and the details of `graph`.
 */
export class WhatsAppTemplateError extends WhatsAppError {}

/**
 * Why a file cannot be had or given:
 * - `not-found`: no such file, or its address is over (5 minutes), or it was kept long enough (7 or 30 days)
 * - `too-large`: longer than the caller or Meta allows
 * - `foreign-host`: the address lies at no host of Meta's
 * - `redirected`: the address leads elsewhere; it was not followed
 * - `wrong-length`: the file that was to be uploaded is shorter or longer than announced
 * - `refused`: Meta cannot use the file (its codes 131052 and 131053)
 */
export type MediaFault = 'not-found' | 'too-large' | 'foreign-host' | 'redirected' | 'wrong-length' | 'refused';

/** A file cannot be had or given. `mediaId` is Meta's, where it is known. */
export class WhatsAppMediaError extends WhatsAppError {
  constructor(
    detail: string,
    readonly reason: MediaFault,
    status: number,
    context?: WhatsAppErrorContext,
  ) {
    super(detail, status, { ...context, reason, ...(reason === 'too-large' && { code: 'media.too-large' }) });
  }

  /** Meta's id of the file. */
  get mediaId(): string | undefined {
    return this.context['mediaId'] as string | undefined;
  }
}

/** Meta could not verify the callback that webhooks were to be sent to. */
export class WhatsAppWebhookError extends WhatsAppError {}

/** No answer that can be read: not connected, cut off, timed out, too long, or not Graph's JSON. */
export class WhatsAppNetworkError extends WhatsAppError {
  constructor(
    detail: string,
    readonly reason: string,
    context?: WhatsAppErrorContext,
  ) {
    super(detail, 502, { ...context, reason, code: 'graph.unavailable' });
  }
}
