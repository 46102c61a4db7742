import { errorCode } from './error-codes.js';

/** What an error says beyond its code. */
export interface GraphErrorDetail {
  /** The human text of `error_data.details`. */
  readonly details?: string;
  /** Replaces `(#code) title`. */
  readonly message?: string;
  readonly subcode?: number;
  readonly type?: 'OAuthException' | 'GraphMethodException';
  readonly httpStatus?: number;
  readonly userTitle?: string;
  readonly userMessage?: string;
}

/** The body of a refused Graph request. */
export interface GraphErrorEnvelope {
  readonly error: Record<string, unknown>;
}

/** A refusal as the Graph API gives it; the filter turns it into the envelope. */
export class GraphError extends Error {
  readonly httpStatus: number;

  constructor(
    readonly code: number,
    private readonly detail: GraphErrorDetail = {},
  ) {
    const known = errorCode(code);
    super(detail.message ?? `(#${code}) ${known.title}`);
    this.name = 'GraphError';
    this.httpStatus = detail.httpStatus ?? known.httpStatus;
  }

  /** The body to answer with, under the given `fbtrace_id`. */
  toEnvelope(fbtraceId: string): GraphErrorEnvelope {
    const { details, type = 'OAuthException', userTitle, userMessage } = this.detail;
    const known = errorCode(this.code);
    const subcode = this.detail.subcode ?? known.subcode;
    return {
      error: {
        message: this.message,
        type,
        code: this.code,
        ...(details !== undefined && { error_data: { messaging_product: 'whatsapp', details } }),
        ...(subcode !== undefined && { error_subcode: subcode }),
        ...(known.isTransient !== undefined && { is_transient: known.isTransient }),
        ...(userTitle !== undefined && { error_user_title: userTitle }),
        ...(userMessage !== undefined && { error_user_msg: userMessage }),
        fbtrace_id: fbtraceId,
      },
    };
  }
}

/** An object that is not there, or that the token may not see: Graph does not tell the two apart. */
export function unknownObject(method: string, id: string): GraphError {
  return new GraphError(100, {
    message:
      `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
      'missing permissions, or does not support this operation',
    subcode: 33,
    type: 'GraphMethodException',
  });
}

/** The error object of a failed status. */
export function statusError(code: number, details?: string): Record<string, unknown> {
  const { title } = errorCode(code);
  return {
    code,
    title,
    message: title,
    error_data: { details: details ?? `${title}.` },
    href: '/documentation/business-messaging/whatsapp/support/error-codes',
  };
}
