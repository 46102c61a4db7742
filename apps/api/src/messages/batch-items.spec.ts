import { ValidationPipe } from '@nestjs/common';
import { DomainError, provenTenant, type FieldError } from '@parley/domain';
import { draftOf, readMessageRequest } from '@parley/messaging';
import { VALIDATION_OPTIONS } from '@parley/platform';
import { BATCH_EXAMPLES } from './batch.dto.js';
import { itemProblem, readItems } from './batch-items.js';
import { SEND_MESSAGE_EXAMPLES } from './send-message-examples.js';
import { SendMessageDto } from './send-message.dto.js';

const TENANT = provenTenant('0199a1b2-0000-7000-8000-000000000001');
const pipe = new ValidationPipe(VALIDATION_OPTIONS);

/** What `POST /v1/messages` makes of a body. */
async function readSingle(body: object): Promise<{ draft?: unknown; errors?: readonly FieldError[] }> {
  try {
    return { draft: draftOf((await pipe.transform(body, { type: 'body', metatype: SendMessageDto })) as SendMessageDto) };
  } catch (error) {
    return { errors: (error as DomainError).errors };
  }
}

const places = (errors: readonly FieldError[] | undefined): string[] =>
  [...new Set((errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`))].sort();
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const envelope = { numberId: '0199a1b2-0000-7000-8000-000000000001', to: '+40723000111' };
const text = { text: { body: 'Hi' } };

describe('an item of a batch', () => {
  it.each(Object.entries(SEND_MESSAGE_EXAMPLES))('is read as the body of a single message is: %s', async (_, { value }) => {
    const read = readMessageRequest(value);
    const { draft } = await readSingle(value);
    expect(read.ok && plain(read.draft)).toEqual(plain(draft));
  });

  // The two readers must not drift apart.
  it.each<[string, object]>([
    ['nothing', {}],
    ['a number that is no id', { ...envelope, numberId: 'x', ...text }],
    ['a number that is null', { ...envelope, numberId: null, ...text }],
    ['a recipient that is no text', { ...envelope, to: 7, ...text }],
    ['a recipient that is too long', { ...envelope, to: '+'.repeat(65), ...text }],
    ['a contact that is no id', { ...envelope, contactId: 'x', ...text }],
    ['a member that is none', { ...envelope, ...text, order: 1 }],
    ['a member with a slash', { ...envelope, ...text, 'a/b': 1 }],
    ['a content that is no object', { ...envelope, image: 'x' }],
    ['contacts that are no list', { ...envelope, contacts: {} }],
    ['no content', envelope],
    ['two contents', { ...envelope, ...text, image: {} }],
    ['a template without its name', { ...envelope, template: { language: 'en' } }],
    ['a template with parameters that are no object', { ...envelope, template: { name: 'a', language: 'en', parameters: 'x' } }],
    ['a template with another member', { ...envelope, template: { name: 'a', language: 'en', body: [] } }],
    ['an own id that is empty', { ...envelope, ...text, orderId: '' }],
    ['an own id that is too long', { ...envelope, ...text, quoteId: 'x'.repeat(129) }],
    ['an answer to nothing', { ...envelope, ...text, replyTo: '' }],
    ['a time that is no text', { ...envelope, ...text, sendAt: 7 }],
    ['a time that is too long', { ...envelope, ...text, validUntil: '2'.repeat(65) }],
    ['half a second', { ...envelope, ...text, validForSeconds: 30.5 }],
    ['a schedule', { ...envelope, ...text, sendAt: 'best', validForSeconds: 60 }],
    ['null for what is not given', { ...envelope, ...text, template: null, contactId: null, replyTo: null, orderId: null }],
  ])('of %s is refused at the same places as a single message', async (_, body) => {
    const read = readMessageRequest(body);
    const single = await readSingle(body);
    expect([read.ok, places(read.ok ? [] : read.error.errors)]).toEqual([single.draft !== undefined, places(single.errors)]);
  });

  it.each([['no object', 7], ['null', null], ['a list', []]])('that is %s is refused', (_, item) => {
    expect(readMessageRequest(item)).toMatchObject({ ok: false, error: { code: 'request.invalid', errors: [{ pointer: '' }] } });
  });

  it('with text that cannot be stored is refused before it reaches a statement', () => {
    const read = readMessageRequest({ ...envelope, template: { name: 'a\0', language: 'en' } });
    expect(read).toMatchObject({ ok: false, error: { code: 'text.invalid-character', errors: [{ pointer: '/template/name' }] } });
  });
});

describe('the items of a batch', () => {
  it('are as the documentation shows them', () => {
    for (const { value } of Object.values(BATCH_EXAMPLES)) {
      expect(readItems(value, TENANT, null).map(({ ok }) => ok)).toEqual(value.messages.map(() => true));
    }
  });

  it('have their own keys, or that of the call with their place, which nobody else can give', () => {
    const messages = [{ ...envelope, ...text, idempotencyKey: 'mine' }, { ...envelope, ...text }];
    const keysWith = (callKey: string | null) =>
      readItems({ messages }, TENANT, callKey).map((item) => item.ok && item.request.idempotencyKey);
    expect(keysWith('call')).toEqual(['mine', 'call 1']);
    expect(keysWith(null)).toEqual(['mine', null]);
  });

  it.each([
    ['no object', null, '/messages'],
    ['no list', { messages: {} }, '/messages'],
    ['an empty list', { messages: [] }, '/messages'],
    ['more than 1,000', { messages: Array.from({ length: 1_001 }, () => ({})) }, '/messages'],
    ['another member', { messages: [{}], dryRun: true }, '/dryRun'],
  ])('are refused as a whole for %s', (_, body, pointer) => {
    expect(() => readItems(body, TENANT, null)).toThrow(expect.objectContaining({ code: 'request.invalid', errors: [expect.objectContaining({ pointer })] as unknown }) as Error);
  });

  it('have problems that point into the list', () => {
    const error = new DomainError('request.invalid', undefined, { errors: [{ pointer: '/to', code: 'field.invalid', detail: 'x' }] });
    expect(itemProblem(error, 3, 'r', 'https://docs').errors).toEqual([{ pointer: '/messages/3/to', code: 'field.invalid', detail: 'x' }]);
    expect(itemProblem(new DomainError('consent.missing'), 0, 'r', 'https://docs')).toMatchObject({ code: 'consent.missing', status: 422, errors: [{ pointer: '/messages/0', code: 'consent.missing' }] });
  });
});
