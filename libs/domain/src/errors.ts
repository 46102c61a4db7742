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
  'template.invalid': final(
    422,
    "The template breaks Meta's rules",
    'Correct what is listed under errors; POST /v1/templates/lint checks without saving.',
  ),
  'template.exists': final(
    409,
    'There is a template with this name and language',
    'Edit it with PUT /v1/templates/{id}, or choose another name or language.',
  ),
  'template.state-conflict': final(
    409,
    'The state of the template does not allow this',
    'Read detail: it says what the state is and when this becomes possible.',
  ),
  'template.refused': final(
    422,
    'Meta refused the template',
    "Act on Meta's code and text in detail; nothing was changed here.",
  ),
  'contact.state-conflict': final(
    409,
    'The state of the contact does not allow this',
    'Read detail: it says what was joined or undone before.',
  ),
  'campaign.state-conflict': final(
    409,
    'The state of the campaign does not allow this',
    'Read detail: it says what the state is. Only a DRAFT can be changed or take recipients.',
  ),
  'conversation.state-conflict': final(
    409,
    'The state of the conversation does not allow this',
    'Read detail: it says what the state is, and what is possible in it.',
  ),
  'conversation.taken': final(409, 'Somebody else has the conversation', 'Look at the conversation again, and assign it without from where it is to change hands all the same.'),
  'user.not-assignable': final(422, 'No conversation can be given to this user', 'Give the id of an active user of yours; GET /v1/conversations/{id}/assignees lists them.'),
  'campaign.audience-busy': retryable(
    409,
    'Recipients of the campaign are being taken in',
    'Try again once the upload is over; see GET /v1/campaigns/{id}/recipients/report.',
  ),
  'campaign.not-ready': final(422, 'The campaign cannot start yet', 'Correct what is listed under errors, then start it again.'),
  'csv.invalid': final(
    422,
    'The file cannot be read as CSV',
    'Read detail: it says where. Nothing of the file was kept; correct it and upload it again.',
  ),
  'alert-channel.failed': retryable(
    502,
    'The channel did not take the message',
    'Read detail: it says what was answered. Correct the channel, then test it again.',
  ),
  'alert-channel.email-off': final(
    422,
    'This installation sends no emails',
    'Ask the operator to set SMTP_URL, or use a channel of another type.',
  ),
  'alert-channel.too-many': final(409, 'There are too many alert channels', 'Remove one that is not needed any more.'),
  'account.not-found': final(
    422,
    'The WhatsApp Business account is not connected',
    'Give the accountId of one of your numbers, or a numberId.',
  ),
  'message.not-deliverable': final(
    422,
    'The message cannot be delivered',
    'Read the reason in detail; sending the same again will not help.',
  ),
  'message.not-cancellable': final(409, 'The message can no longer be cancelled', 'Nothing: it has left, or it has ended.'),
  'message.expired': final(422, 'The message was not sent in time', 'Send it again if it still matters.'),
  'dead-letter.state-conflict': final(
    409,
    'The message is no dead letter that could be redriven',
    'Read detail: it says what the message is; its timeline says how it came there.',
  ),
  'dead-letter.uncertain': final(
    409,
    'The customer may have this message already',
    'Look at the chat; redrive it with allowDuplicate: true where a second one does no harm.',
  ),
  'message.send-failed': retryable(502, 'The message could not be handed to WhatsApp', 'Try again in a moment.'),
  'contact.not-found': final(422, 'There is no such contact', 'Check the id, or give the phone number of the recipient.'),
  'notification.not-configured': final(
    422,
    'No message is set up for this kind of event',
    'Say with PUT /v1/settings/notifications which template it becomes.',
  ),
  'notification.not-rendered': final(
    422,
    'The message cannot be made of this event',
    'Correct what is listed under errors; POST /v1/notifications/preview shows the message without sending it.',
  ),
  'customer.not-found': final(422, 'There is no such customer', 'Check the id, or name the recipient by to or contactId.'),
  'lookup.not-configured': final(
    422,
    'Your own system cannot be asked',
    'Give its address with PUT /v1/settings/lookups and make a secret with POST /v1/lookups/secret.',
  ),
  'lookup.unavailable': retryable(502, 'Your own system did not answer as it should', 'Read detail, check what listens there, then try again.'),
  'media.not-found': final(422, 'There is no such media to send', 'Upload it with POST /v1/media, or check the id.'),
  'media.kind-mismatch': final(
    422,
    'The media is of another kind than the message',
    'Send it as the kind that it was uploaded for, or upload it for this one.',
  ),
  'media.too-large': final(413, 'The file is larger than WhatsApp allows', 'Send a smaller file.'),
  'media.type-unsupported': final(
    415,
    'WhatsApp does not take files of this type',
    'Send a file of one of the types named in detail; what counts is its content, not its name.',
  ),
  'media.content-invalid': final(
    422,
    'The content of the file breaks a rule of WhatsApp',
    'Make the file as detail says, then send it again.',
  ),
  'media.not-ready': retryable(409, 'The file is still being fetched from WhatsApp', 'Try again after the time in Retry-After.'),
  'media.failed': final(410, 'The file could not be kept', 'Read the reason in detail; ask for the file to be sent again.'),
  'storage.unavailable': retryable(503, 'The storage of files cannot be reached', 'Try again after the time in Retry-After.'),
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
  'number.code-mismatch': final(
    422,
    'The code is not the one that WhatsApp sent',
    'Give the newest code, or ask for another one; a code is good for ten minutes.',
  ),
  'number.pin-mismatch': final(
    422,
    'The PIN is not the one of the number',
    'Give the PIN that was set for two-step verification, or reset it in WhatsApp Manager.',
  ),
  'number.unverified': final(
    422,
    'The number has to be verified first',
    'Request a code and give it back, then register the number.',
  ),
  'number.not-registered': final(422, 'The number is not registered', 'Register the number with its PIN, then try again.'),
  'callback.unverified': final(
    422,
    'WhatsApp could not verify the callback',
    'Let the address answer GET with the value of hub.challenge where hub.verify_token is the one given here.',
  ),
  'request.refused': final(422, 'WhatsApp does not take these values', "Correct what Meta's text in detail names."),
  'onboarding.in-progress': retryable(
    409,
    'A step of this onboarding is being done',
    'Read the onboarding in a moment, then resume it where it waits.',
  ),
  'onboarding.done': final(409, 'The onboarding is done', 'Nothing is to be done; look at the number.'),
  'url.refused': final(
    422,
    'The address may not be used',
    'Give an https address of a public host at port 443 or 8443, without user name and password.',
  ),
  'url.unreachable': retryable(502, 'The address did not answer as it should', 'Check what listens there, then try again.'),
  'resource.not-found': final(404, 'There is nothing under this address', 'Check the id and the path.'),
  'method.not-allowed': final(405, 'The method is not allowed here', 'See the documentation for the methods.'),
  'user.exists': final(409, 'A user with this email exists', 'Use the existing user, or another email.'),
  'app.exists': final(409, 'This Meta app is registered', 'Use the registered app, or another app id.'),
  'credential.invalid': final(
    422,
    'WhatsApp does not accept the access token',
    'Give a token of a system user with whatsapp_business_messaging and whatsapp_business_management.',
  ),
  'credential.unavailable': retryable(503, 'The access token cannot be had at present', 'Try again after the time in Retry-After.'),
  'credential.code-invalid': final(
    422,
    'WhatsApp does not accept the code of the signup',
    'Go through the signup once more: its code is good for one use, and for seconds.',
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
  'backlog.tenant-full': retryable(
    429,
    'Too many messages of this organisation wait to leave',
    'Try again after the time in Retry-After: messages leave as fast as their numbers may send.',
  ),
  'backlog.platform-full': retryable(
    503,
    'Too many messages wait to leave',
    'Try again after the time in Retry-After.',
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
