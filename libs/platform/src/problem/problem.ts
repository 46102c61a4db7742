import { HttpException } from '@nestjs/common';
import { DomainError, ERRORS, type ErrorCode, type FieldError } from '@parley/domain';
import { isDatabaseUnavailable } from './database-errors.js';

/** The body of every refusal (RFC 9457), as `application/problem+json`. */
export interface Problem {
  /** A page that explains the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What is wrong this time, or what to do. */
  readonly detail: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** What is wrong with which field, by JSON pointer (RFC 6901). */
  readonly errors?: readonly FieldError[];
  /** What Meta said, where Meta refused. */
  readonly meta?: { readonly graphCode?: number; readonly graphSubcode?: number; readonly traceId?: string };
  /** With `window.closed` in a conversation: what may be sent instead, best first. */
  readonly suggestedTemplates?: readonly unknown[];
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** Given where nobody knows better, so that callers do not come back at once. */
const DEFAULT_RETRY_AFTER_SECONDS = 5;

/** A refusal ready to be written: its status, headers (lower case) and body. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Problem;
}

/** Writes a domain error as a problem. */
export function problemOf(error: DomainError, requestId: string, docsBase: string): ProblemAnswer {
  const { status, title, whatToDo, retryable } = ERRORS[error.code];
  const meta = metaOf(error.context);
  const waits = status === 429 || status === 503 || error.retryAfterSeconds !== undefined;
  const retryAfter = Math.max(1, Math.ceil(error.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS));
  return {
    status,
    headers: {
      'content-type': PROBLEM_CONTENT_TYPE,
      'request-id': requestId,
      ...(waits && { 'retry-after': String(retryAfter) }),
      // RFC 9110, 15.5.2: a 401 names the scheme. Webhooks are signed and know none.
      ...(status === 401 && error.code.startsWith('auth.') && { 'www-authenticate': 'Bearer' }),
    },
    body: {
      type: `${docsBase}/errors/${error.code}`,
      title,
      status,
      detail: error.detail === title ? whatToDo : error.detail,
      code: error.code,
      requestId,
      retryable,
      ...(error.errors.length > 0 && { errors: error.errors }),
      ...(meta && { meta }),
      ...(Array.isArray(error.context['suggestedTemplates']) && { suggestedTemplates: error.context['suggestedTemplates'] }),
    },
  };
}

/**
 * Whatever was thrown as a domain error. What nobody foresaw becomes `internal.error`, whose text says nothing of it.
 */
export function asDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  if (isDatabaseUnavailable(thrown)) return new DomainError('database.unavailable', undefined, { cause: thrown });
  const code = codeOfFramework(thrown);
  // The texts of Nest and Fastify quote addresses and values; the table's own say what to do.
  return new DomainError(code, undefined, { cause: thrown });
}

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'request.invalid',
  401: 'auth.invalid',
  403: 'auth.scope-missing',
  404: 'resource.not-found',
  405: 'method.not-allowed',
  406: 'media-type.unsupported',
  408: 'request.timeout',
  413: 'body.too-large',
  415: 'media-type.unsupported',
  422: 'request.invalid',
  429: 'rate-limit.exceeded',
};

/** Of Fastify's codes with status 400, those that do not speak of fields. */
const CODE_OF_FASTIFY: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.malformed',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body.too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type.unsupported',
  FST_ERR_BAD_URL: 'resource.not-found',
};

function codeOfFramework(thrown: unknown): ErrorCode {
  // Nest wraps Fastify's error and keeps it as the cause.
  const origin: unknown = thrown instanceof HttpException && thrown.cause !== undefined ? thrown.cause : thrown;
  if (!(origin instanceof Error)) return 'internal.error';
  const { code, statusCode } = origin as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? CODE_OF_FASTIFY[code] : undefined;
  if (known) return known;
  // Fastify marks what its JSON parser refuses, `__proto__` included, with a 400.
  if (origin instanceof SyntaxError && statusCode === 400) return 'request.malformed';
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusCode;
  return (typeof status === 'number' ? CODE_OF_STATUS[status] : undefined) ?? 'internal.error';
}

function metaOf({ graphCode, graphSubcode, traceId }: DomainError['context']): Problem['meta'] {
  const meta = {
    ...(typeof graphCode === 'number' && { graphCode }),
    ...(typeof graphSubcode === 'number' && { graphSubcode }),
    ...(typeof traceId === 'string' && { traceId }),
  };
  return Object.keys(meta).length > 0 ? meta : undefined;
}
