/** What one code of our problem+json means, and what its reader can do about it. */
export interface ErrorEntry {
  /** HTTP status. */
  status: number;
  /** The same words for every occurrence. */
  title: string;
  /** What the caller should do, in one sentence. */
  whatToDo: string;
  /** True when the same request may succeed later without a change. */
  retryable: boolean;
}

function final(status: number, title: string, whatToDo: string): ErrorEntry {
  return { status, title, whatToDo, retryable: false };
}

function retryable(status: number, title: string, whatToDo: string): ErrorEntry {
  return { status, title, whatToDo, retryable: true };
}

/** The one table of error codes (`noun.reason`). The HTTP filter, OpenAPI and the documentation read it. */
export const ERRORS = {
  'request.malformed': final(400, 'The body is not valid JSON', 'Send one well-formed JSON document in UTF-8.'),
  'request.invalid': final(422, 'The request is not valid', 'Correct the fields listed under errors.'),
  'request.timeout': retryable(408, 'The request took too long to arrive', 'Send it again over a better connection.'),
  'text.invalid-character': final(
    422,
    'The text holds a character that cannot be stored',
    'Remove U+0000 and half surrogate pairs at the place named under errors.',
  ),
  'phone.invalid': final(400, 'The phone number is not valid', 'Give the number in E.164, such as +40712345678.'),
  'consent.missing': final(
    422,
    'The recipient has not agreed to this kind of message',
    'Record the consent with POST /v1/consents, then send again.',
  ),
  'consent.denied': final(
    422,
    'The recipient has refused this kind of message',
    'Do not send it, unless the recipient agrees and the new consent is recorded.',
  ),
  'consent.revoked': final(
    422,
    'The recipient has withdrawn consent to this kind of message',
    'Do not send it, unless the recipient agrees again and the new consent is recorded.',
  ),
  'window.closed': final(
    422,
    'The customer service window is closed',
    'Send an approved template: free text may only answer a customer who wrote within 24 hours.',
  ),
  'template.not-found': final(
    422,
    'The template does not exist for this number',
    'Check name and language, and sync the templates of the account.',
  ),
  'template.not-approved': final(
    422,
    'The template is not approved',
    'Wait until Meta approves the template, or send another one.',
  ),
  'template.parameters-invalid': final(
    422,
    'The parameters do not fit the template',
    'Correct the parameters listed under errors.',
  ),
  'message.not-deliverable': final(
    422,
    'The message cannot be delivered',
    'Read the reason in detail; sending the same again will not help.',
  ),
  'message.expired': final(422, 'The message was not sent in time', 'Send it again if it still matters.'),
  'message.send-failed': retryable(502, 'The message could not be handed to WhatsApp', 'Try again in a moment.'),
  'media.too-large': final(413, 'The file is larger than WhatsApp allows', 'Send a smaller file.'),
  'number.not-found': final(422, 'The number is not connected', 'Connect the number first, or use the id of yours.'),
  'number.taken': final(
    409,
    'The number is already connected',
    'Disconnect it where it is connected now, or ask the operator.',
  ),
  'number.mismatch': final(
    422,
    'Token, account and number do not belong together',
    'Check that the number is part of the account and that the token may use both.',
  ),
  'number.not-sendable': final(
    422,
    'The number cannot send at present',
    'Look at the number in WhatsApp Manager, then refresh it here.',
  ),
  'resource.not-found': final(404, 'There is nothing under this address', 'Check the id and the path.'),
  'method.not-allowed': final(405, 'The method is not allowed here', 'See the documentation for the methods.'),
  'user.exists': final(409, 'A user with this email exists', 'Use the existing user, or another email.'),
  'app.exists': final(409, 'This Meta app is registered', 'Use the registered app, or another app id.'),
  'credential.invalid': final(
    422,
    'WhatsApp does not accept the access token',
    'Give a token of a system user with whatsapp_business_messaging and whatsapp_business_management.',
  ),
  'auth.missing': final(401, 'The request carries no credentials', 'Send an API key or a JWT as a bearer token.'),
  'auth.invalid': final(401, 'The credentials are not valid', 'Check that the key or token is complete and current.'),
  'auth.unavailable': retryable(503, "The keys of the tokens' issuer cannot be read", 'Try again after the time in Retry-After.'),
  'auth.scope-missing': final(403, 'The credentials lack a scope', 'Use a key that has the scope named in detail.'),
  'webhook.signature-invalid': final(
    401,
    'The signature is not valid',
    'Sign the raw bytes of the body with the secret of the app that this address belongs to.',
  ),
  'webhook.processing-failed': retryable(
    500,
    'The webhook could not be processed',
    'Nothing: it is kept, tried again, and can be replayed.',
  ),
  'body.too-large': final(413, 'The body is too large', 'Send less in one request.'),
  'media-type.unsupported': final(415, 'The content type is not supported', 'Send application/json.'),
  'rate-limit.exceeded': retryable(429, 'Too many requests', 'Wait for the time in Retry-After, then try again.'),
  'idempotency.key-invalid': final(
    422,
    'The Idempotency-Key is not valid',
    'Use 1 to 255 printable ASCII characters, a fresh key for each message.',
  ),
  'idempotency.key-reused': final(
    422,
    'The Idempotency-Key was used for another request',
    'Use a fresh key, or repeat the first request unchanged.',
  ),
  'idempotency.in-progress': retryable(
    409,
    'The first request with this Idempotency-Key is still running',
    'Try again after the time in Retry-After.',
  ),
  'module.disabled': final(422, 'WhatsApp is switched off for this organisation', 'Ask the operator to switch it on.'),
  'database.unavailable': retryable(503, 'The database cannot be reached', 'Try again after the time in Retry-After.'),
  'overload.backlog-full': retryable(
    503,
    'Too much work is waiting',
    'Try again after the time in Retry-After, with fewer requests at once.',
  ),
  'shutdown.in-progress': retryable(503, 'This process is shutting down', 'Try again; another process will answer.'),
  'graph.unavailable': retryable(502, 'WhatsApp cannot be reached', 'Try again in a minute.'),
  'graph.refused': final(502, 'WhatsApp refused the request', "Act on Meta's code and text in detail."),
  'internal.error': final(500, 'Something went wrong on our side', 'Report the requestId to the operator.'),
} as const satisfies Record<string, ErrorEntry>;

/** A code of the table. */
export type ErrorCode = keyof typeof ERRORS;

/** True when the text is a code of the table. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}
