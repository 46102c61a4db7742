import {
  ConversationClosed,
  DomainError,
  InvalidPhone,
  MediaTooLarge,
  MessageNotDeliverable,
  MessageSend,
  RateLimitExceeded,
  TemplateNotApproved,
  TemplateValidation,
  WebhookProcessing,
  WebhookValidation,
} from './domain-error.js';
import { ERRORS, type ErrorEntry, isErrorCode } from './errors.js';

describe('ERRORS', () => {
  it.each(Object.entries<ErrorEntry>(ERRORS))('says of %s what it is and what to do', (code, entry) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThan(600);
    expect(entry.title).not.toMatch(/\.$/);
    expect(entry.whatToDo).toMatch(/^[A-Z].*\.$/);
  });

  it('calls retryable what may pass by itself', () => {
    expect(ERRORS['database.unavailable']).toMatchObject({ status: 503, retryable: true });
    expect(ERRORS['rate-limit.exceeded']).toMatchObject({ status: 429, retryable: true });
    expect(ERRORS['consent.revoked']).toMatchObject({ status: 422, retryable: false });
  });

  it('knows its codes only', () => {
    expect(isErrorCode('phone.invalid')).toBe(true);
    expect(isErrorCode('toString')).toBe(false);
  });
});

describe('DomainError', () => {
  it.each([
    [new InvalidPhone('x'), 'phone.invalid', 400],
    [new ConversationClosed(null), 'window.closed', 422],
    [new TemplateNotApproved('a', 'ro', 'PAUSED'), 'template.not-approved', 422],
    [new TemplateValidation([]), 'template.parameters-invalid', 422],
    [new MessageNotDeliverable('x'), 'message.not-deliverable', 422],
    [new MediaTooLarge(2, 1), 'media.too-large', 413],
    [new RateLimitExceeded(7), 'rate-limit.exceeded', 429],
    [new WebhookValidation(), 'webhook.signature-invalid', 401],
    [new WebhookProcessing('x'), 'webhook.processing-failed', 500],
    [new MessageSend('x'), 'message.send-failed', 502],
  ])('%s has its code and status', (error, code, status) => {
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ code, httpStatus: status, isOperational: true, name: error.constructor.name });
  });

  it('carries what the caller needs, and nothing that it was not given', () => {
    const cause = new Error('inner');
    const error = new DomainError('overload.backlog-full', 'Full.', {
      retryAfterSeconds: 3,
      cause,
      context: { queued: 9 },
    });
    expect(error.cause).toBe(cause);
    expect(error.retryable).toBe(true);
    expect(error.toJSON()).toEqual({
      name: 'DomainError',
      code: 'overload.backlog-full',
      status: 503,
      detail: 'Full.',
      retryable: true,
      retryAfterSeconds: 3,
      context: { queued: 9 },
    });
    expect(new DomainError('auth.missing').detail).toBe(ERRORS['auth.missing'].title);
    expect(new InvalidPhone('Too long.', '/recipient').toJSON()).toMatchObject({ errors: [{ pointer: '/recipient' }] });
    expect(new ConversationClosed(new Date(0)).detail).toContain('1970-01-01');
  });
});
