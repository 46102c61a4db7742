import { DomainError, type ErrorCode } from '@parley/domain';
import type { GraphError } from './graph-error.js';

/** What a WhatsAppError knows beside its text. Never a token, a body or a phone number. */
export interface WhatsAppErrorContext {
  readonly endpoint?: string;
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
    super(code, detail, { context: { ...context, ...wordsOf(context.graph) }, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
  }

  /** Graph's own error, where there is one. */
  get graph(): GraphError | undefined {
    return this.context['graph'] as GraphError | undefined;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), status: this.status };
  }
}

/** Meta's code and trace id, under the names by which problem+json shows them. */
function wordsOf(graph: GraphError | undefined): Readonly<Record<string, unknown>> {
  return graph ? { graphCode: graph.code ?? undefined, graphSubcode: graph.subcode, traceId: graph.traceId } : {};
}

/** The token is missing, expired or revoked (401), or may not touch this object (403). */
export class WhatsAppAuthError extends WhatsAppError {
  constructor(detail: string, status: 401 | 403, context?: WhatsAppErrorContext) {
    super(detail, status, { ...context, code: 'credential.invalid' });
  }
}

/** Throttled: ask again after `retryAfterSeconds`, where Meta said so. */
export class WhatsAppRateLimitError extends WhatsAppError {
  constructor(detail: string, retryAfterSeconds: number | undefined, context?: WhatsAppErrorContext) {
    super(detail, 429, { ...context, code: 'graph.unavailable', retryAfterSeconds });
  }
}

/** A template is unknown, not approved, paused, or its parameters do not fit (Meta's codes 132000 to 132999). */
export class WhatsAppTemplateError extends WhatsAppError {}

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
