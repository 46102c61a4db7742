import { ValidationPipe } from '@nestjs/common';
import { checkSessionContent, OUTBOUND_KINDS } from '@parley/domain';
import { draftOf } from '@parley/messaging';
import { VALIDATION_OPTIONS } from '@parley/platform';
import { SEND_MESSAGE_EXAMPLES } from './send-message-examples.js';
import { SendMessageDto } from './send-message.dto.js';

const pipe = new ValidationPipe(VALIDATION_OPTIONS);
const read = async (body: object): Promise<SendMessageDto> =>
  (await pipe.transform(body, { type: 'body', metatype: SendMessageDto })) as SendMessageDto;

const envelope = { numberId: '0199a1b2-0000-7000-8000-000000000001', to: '+40723000111' };

describe('the body of a message', () => {
  it.each(Object.entries(SEND_MESSAGE_EXAMPLES))('is right as the documentation shows it: %s', async (_, { value }) => {
    const draft = draftOf(await read(value));
    expect(value).toHaveProperty(draft.kind, draft.content);
    if (draft.kind !== 'template') expect(checkSessionContent(draft)).toEqual([]);
  });

  it('is shown for every kind', () => {
    const shown = Object.values(SEND_MESSAGE_EXAMPLES).flatMap(({ value }) => OUTBOUND_KINDS.filter((kind) => kind in value));
    expect(new Set(shown)).toEqual(new Set(OUTBOUND_KINDS));
  });

  it('may hold null for what it does not give', async () => {
    const draft = draftOf(await read({ ...envelope, contactId: null, text: { body: 'Hi' }, template: null, image: null, replyTo: null }));
    expect(draft).toMatchObject({ kind: 'text', content: { body: 'Hi' }, to: '+40723000111', contactId: undefined, replyToWamid: null });
  });

  it.each([
    ['a kind that is none', { order: {} }, '/order', 'field.unknown'],
    ['a content that is no object', { location: 'here' }, '/location', 'field.invalid'],
    ['contacts that are no list', { contacts: {} }, '/contacts', 'field.invalid'],
    ['a template of an empty name', { template: { name: '', language: 'en' } }, '/template/name', 'field.invalid'],
    ['an own id that is too long', { text: { body: 'Hi' }, orderId: 'x'.repeat(129) }, '/orderId', 'field.invalid'],
  ])('points at %s', async (_, body, pointer, code) => {
    await expect(read({ ...envelope, ...body })).rejects.toMatchObject({ code: 'request.invalid', errors: [{ pointer, code }] });
  });
});
