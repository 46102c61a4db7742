import { hash } from 'node:crypto';
import { isUUID } from 'class-validator';
import {
  ContentFaults,
  DomainError,
  findInvalidText,
  isJsonObject,
  OUTBOUND_KINDS,
  pointerToken,
  readSendAt,
  WAMID_LIMIT,
  type JsonObject,
  type MessageDraft,
  type OutboundKind,
} from '@parley/domain';

/** A request for a message as it comes from outside, read; or why it is none. */
export type ReadMessageRequest =
  { ok: true; draft: MessageDraft; idempotencyKey: string | null } | { ok: false; error: DomainError };

/** The members of `POST /v1/messages`, their types checked; null stands for what is not given. */
export type MessageMembers = Readonly<Partial<Record<OutboundKind, unknown>>> & {
  readonly numberId: string;
  readonly to?: string | null;
  readonly contactId?: string | null;
  readonly replyTo?: string | null;
  readonly customerId?: string | null;
  readonly orderId?: string | null;
  readonly quoteId?: string | null;
  readonly userId?: string | null;
  readonly sendAt?: string | null;
  readonly validUntil?: string | null;
  readonly validForSeconds?: number | null;
};

const OWN_ID_LENGTH = 128;
const INSTANT_LENGTH = 64;
const RECIPIENT_LENGTH = 64;
const TEMPLATE_NAME_LENGTH = 512;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

type Check = (value: unknown) => string | null;

const uuid: Check = (value) => (isUUID(value) ? null : 'This must be a UUID.');
const text =
  (most: number, least = 0): Check =>
  (value) => {
    if (typeof value !== 'string') return 'This must be a text.';
    return value.length >= least && value.length <= most ? null : `This must have ${least} to ${most} characters.`;
  };
const object: Check = (value) => (isJsonObject(value) ? null : 'This must be an object.');
const list: Check = (value) => (Array.isArray(value) ? null : 'This must be a list.');

const CHECK_OF_KIND: Readonly<Partial<Record<OutboundKind, Check>>> = { contacts: list };

/** Of what `POST /v1/messages` takes, all but the number. */
const MEMBERS: Readonly<Record<string, Check>> = {
  to: text(RECIPIENT_LENGTH),
  contactId: uuid,
  replyTo: text(WAMID_LIMIT, 1),
  sendAt: text(INSTANT_LENGTH),
  validUntil: text(INSTANT_LENGTH),
  validForSeconds: (value) => (Number.isInteger(value) ? null : 'This must be a whole number.'),
  customerId: text(OWN_ID_LENGTH, 1),
  orderId: text(OWN_ID_LENGTH, 1),
  quoteId: text(OWN_ID_LENGTH, 1),
  userId: text(OWN_ID_LENGTH, 1),
  ...Object.fromEntries(OUTBOUND_KINDS.map((kind) => [kind, CHECK_OF_KIND[kind] ?? object])),
};
/** One of many brings its key along. */
const MEMBERS_OF_MANY: Readonly<Record<string, Check>> = {
  ...MEMBERS,
  idempotencyKey: (value) =>
    typeof value === 'string' && IDEMPOTENCY_KEY.test(value) ? null : 'This must be 1 to 255 printable ASCII characters.',
};
const TEMPLATE_MEMBERS: Readonly<Record<string, Check>> = {
  name: text(TEMPLATE_NAME_LENGTH, 1),
  language: text(16, 2),
  parameters: object,
};
const NEEDED_OF_TEMPLATE = ['name', 'language'];

/**
 * Reads the body of `POST /v1/messages`, for a tenth of the cost of validating a class: it is the busiest route, and its
 * content is checked with the draft in any case. @throws request.invalid, text.invalid-character
 */
export function readMessage(body: unknown): MessageDraft {
  return read(body, MEMBERS);
}

/** The same where many come at once: an item of a batch, a message of the broker. Pointers begin at the request. */
export function readMessageRequest(body: unknown): ReadMessageRequest {
  try {
    const draft = read(body, MEMBERS_OF_MANY);
    return { ok: true, draft, idempotencyKey: (body as MessageMembers & { idempotencyKey?: string | null }).idempotencyKey ?? null };
  } catch (error) {
    if (error instanceof DomainError) return { ok: false, error };
    throw error;
  }
}

function read(body: unknown, members: Readonly<Record<string, Check>>): MessageDraft {
  if (!isJsonObject(body)) throw refused([{ pointer: '', code: 'field.invalid', detail: 'This must be an object.' }]);
  const invalidAt = findInvalidText(body);
  if (invalidAt !== null) throw invalidText(invalidAt);
  const faults = new ContentFaults();
  const numberFault = uuid(body.numberId);
  if (numberFault !== null) faults.invalid('/numberId', numberFault);
  checkMembers(body, '', members, faults);
  if (isJsonObject(body.template)) {
    for (const name of NEEDED_OF_TEMPLATE) {
      if ((body.template[name] ?? null) === null) faults.invalid(`/template/${name}`, 'This must be a text.');
    }
    checkMembers(body.template, '/template', TEMPLATE_MEMBERS, faults);
  }
  if (faults.errors.length > 0) throw refused(faults.errors);
  return draftOf(body as unknown as MessageMembers);
}

/** What the acceptance is asked, whoever asks. @throws request.invalid unless exactly one content is given */
export function draftOf(members: MessageMembers): MessageDraft {
  const given = OUTBOUND_KINDS.filter((kind) => (members[kind] ?? null) !== null);
  const [kind] = given;
  if (kind === undefined || given.length > 1) throw notOneContent(given);
  const { numberId, to, contactId, replyTo, customerId, orderId, quoteId, userId, sendAt, validUntil, validForSeconds } = members;
  return {
    numberId,
    to: to ?? undefined,
    contactId: contactId ?? undefined,
    sender: 'app',
    replyToWamid: replyTo ?? null,
    customerId,
    orderId,
    quoteId,
    userId,
    ...(typeof sendAt === 'string' && { sendAt: readSendAt(sendAt) }),
    ...(typeof validUntil === 'string' && { validUntil: new Date(validUntil) }),
    ...(typeof validForSeconds === 'number' && { validForSeconds }),
    kind,
    // Its shape is checked with the draft.
    content: members[kind],
  } as MessageDraft;
}

/** Tells another request under the same key from a repetition. */
export function requestHashOf(draft: MessageDraft): Buffer {
  return hash('sha256', JSON.stringify(draft), 'buffer');
}

function checkMembers(owner: JsonObject, at: string, checks: Readonly<Record<string, Check>>, faults: ContentFaults): void {
  for (const key in owner) {
    if (at === '' && key === 'numberId') continue;
    const value = owner[key] ?? null;
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (!check) faults.add(`${at}/${pointerToken(key)}`, 'field.unknown', 'There is no such member.');
    else if (value !== null) {
      const detail = check(value);
      if (detail !== null) faults.invalid(`${at}/${key}`, detail);
    }
  }
}

function notOneContent(given: readonly string[]): DomainError {
  const detail = given.length === 0 ? `Give one of ${OUTBOUND_KINDS.join(', ')}.` : `Give only one of ${given.join(', ')}.`;
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '', code: 'content.not-one', detail }] });
}

function invalidText(pointer: string): DomainError {
  const detail = 'The text holds U+0000 or half a surrogate pair.';
  return new DomainError('text.invalid-character', undefined, { errors: [{ pointer, code: 'text.invalid-character', detail }] });
}

function refused(errors: DomainError['errors']): DomainError {
  return new DomainError('request.invalid', undefined, { errors });
}
