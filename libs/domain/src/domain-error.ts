import { ERRORS, type ErrorCode } from './errors.js';

/** One thing that is wrong with one field. */
export interface FieldError {
  /** JSON pointer into the request's body (RFC 6901). */
  pointer: string;
  /** `noun.reason`, stable. */
  code: string;
  /** For people. Never quotes what was sent. */
  detail: string;
}

export interface DomainErrorOptions {
  errors?: readonly FieldError[];
  /** For our logs, and for problem+json where the filter knows the member. No secrets, no personal data. */
  context?: Readonly<Record<string, unknown>>;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** An expected failure with a code of the table `ERRORS`. Everything thrown below the controllers is one. */
export class DomainError extends Error {
  /** Tells expected failures from defects. */
  readonly isOperational = true;
  readonly errors: readonly FieldError[];
  readonly context: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    /** What is wrong this time, for the caller. */
    readonly detail: string = ERRORS[code].title,
    options: DomainErrorOptions = {},
  ) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.errors = options.errors ?? [];
    this.context = options.context ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get httpStatus(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  /** For logs. The HTTP filter writes problem+json from the fields. */
  toJSON(): Record<string, unknown> {
    return {
      name: this.name,
      code: this.code,
      status: this.httpStatus,
      detail: this.detail,
      retryable: this.retryable,
      ...(this.errors.length > 0 && { errors: this.errors }),
      ...(this.retryAfterSeconds !== undefined && { retryAfterSeconds: this.retryAfterSeconds }),
      context: this.context,
    };
  }
}

/** The text is no phone number that could exist. The number itself is not kept. */
export class InvalidPhone extends DomainError {
  constructor(detail: string, pointer = '/to') {
    super('phone.invalid', detail, { errors: [{ pointer, code: 'phone.invalid', detail }] });
  }
}

/** Free-form content outside the 24 hours after the customer's last message. */
export class ConversationClosed extends DomainError {
  constructor(readonly closedAt: Date | null) {
    const detail = closedAt
      ? `The window closed at ${closedAt.toISOString()}.`
      : 'The customer has not written yet, so no window is open.';
    super('window.closed', detail, { context: { closedAt: closedAt?.toISOString() ?? null } });
  }
}

/** The template exists, but Meta does not let it be sent. */
export class TemplateNotApproved extends DomainError {
  constructor(name: string, language: string, status: string) {
    super('template.not-approved', `Template ${name} (${language}) is ${status}.`, {
      context: { template: name, language, status },
    });
  }
}

/** The parameters given do not fit the template. */
export class TemplateValidation extends DomainError {
  constructor(errors: readonly FieldError[]) {
    super('template.parameters-invalid', errors.map((error) => error.detail).join(' '), { errors });
  }
}

/** Meta, or a check at leaving, says that this message will never arrive. */
export class MessageNotDeliverable extends DomainError {
  constructor(detail: string, options: DomainErrorOptions = {}) {
    super('message.not-deliverable', detail, options);
  }
}

/** A file over the limit of its kind. */
export class MediaTooLarge extends DomainError {
  /** @param sizeBytes as many as were seen: what streams is refused before its end */
  constructor(sizeBytes: number, limitBytes: number) {
    super('media.too-large', `The file has ${sizeBytes} bytes or more; the limit is ${limitBytes}.`, {
      context: { sizeBytes, limitBytes },
    });
  }
}

/** Too much at once; says when to come back. */
export class RateLimitExceeded extends DomainError {
  constructor(retryAfterSeconds: number, detail?: string) {
    super('rate-limit.exceeded', detail, { retryAfterSeconds });
  }
}

/** A webhook whose signature does not prove its sender. */
export class WebhookValidation extends DomainError {
  constructor(detail?: string) {
    super('webhook.signature-invalid', detail);
  }
}

/** A webhook item that could not be applied. */
export class WebhookProcessing extends DomainError {
  constructor(detail: string, options: DomainErrorOptions = {}) {
    super('webhook.processing-failed', detail, options);
  }
}

/** A message that could not be handed to Meta. */
export class MessageSend extends DomainError {
  constructor(detail: string, options: DomainErrorOptions = {}) {
    super('message.send-failed', detail, options);
  }
}
