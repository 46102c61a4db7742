import fc from 'fast-check';
import type { JsonObject } from './json.js';
import { parseEnvelope } from './webhook-envelope.js';
import type { WebhookItem } from './webhook-event.js';

const METADATA = { display_phone_number: '+1 555-078-3881', phone_number_id: '106540352242922' };
const PLACE = '/entry/0/changes/0/value';

function itemsOf(field: string, value: JsonObject | string): WebhookItem[] {
  const full = typeof value === 'string' ? value : JSON.stringify({ messaging_product: 'whatsapp', metadata: METADATA, ...value });
  const parsed = parseEnvelope(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"${field}","value":${full}}]}]}`);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.items;
}

const onMessages = (message: JsonObject) => itemsOf('messages', { messages: [{ from: '16505551234', id: 'wamid.1', timestamp: '1749416383', ...message }] });
const at = new Date(1_749_416_383_000);

describe('a change of a message', () => {
  const edited = { original_message_id: 'wamid.0', message: { type: 'image', context: { id: 'wamid.Q' }, image: { id: '7', caption: 'At nine' } } };

  it('names the message that it changes, and what it says from now on', () => {
    expect(onMessages({ type: 'edit', edit: edited })).toMatchObject([
      {
        kind: 'edit',
        path: `${PLACE}/messages/0`,
        content: { wamid: 'wamid.1', originalWamid: 'wamid.0', at, direction: 'INBOUND', kind: 'image', contextWamid: 'wamid.Q', content: { caption: 'At nine' } },
      },
    ]);
    expect(onMessages({ type: 'revoke', revoke: { original_message_id: 'wamid.0' } })).toMatchObject([
      { kind: 'revoke', content: { wamid: 'wamid.1', originalWamid: 'wamid.0', direction: 'INBOUND' } },
    ]);
  });

  it('is of a message of the staff in an echo', () => {
    const echoes = [
      { id: 'wamid.1', type: 'edit', edit: edited },
      { id: 'wamid.2', type: 'revoke', revoke: { original_message_id: 'wamid.0' } },
    ];
    expect(itemsOf('smb_message_echoes', { message_echoes: echoes })).toMatchObject([
      { kind: 'edit', content: { direction: 'OUTBOUND' } },
      { kind: 'revoke', content: { direction: 'OUTBOUND' } },
    ]);
  });

  it.each([
    [{ type: 'edit' }, 'edit.without-original'],
    [{ type: 'edit', edit: { original_message_id: 'w' } }, 'edit.without-message'],
    [{ type: 'revoke', revoke: {} }, 'revoke.without-original'],
  ])('is not known from %j', (message, problem) => {
    expect(onMessages(message)).toMatchObject([{ kind: 'unknown', problem }]);
  });
});

describe('a change of identity', () => {
  it.each(['user_changed_number', 'customer_changed_number'])('%s is a message, and the change beside it', (type) => {
    const system = { type, wa_id: '16509999999', user_id: 'US.2', parent_user_id: 'US.ENT.2', previous_user_id: 'US.1', previous_parent_user_id: 'US.ENT.1' };
    expect(onMessages({ type: 'system', system })).toMatchObject([
      { kind: 'message', path: `${PLACE}/messages/0` },
      {
        kind: 'identity-change',
        path: `${PLACE}/messages/0/system`,
        content: {
          change: 'number',
          at,
          previous: { waId: '16505551234', userId: 'US.1', parentUserId: 'US.ENT.1' },
          current: { waId: '16509999999', userId: 'US.2', parentUserId: 'US.ENT.2' },
          keyHash: null,
        },
      },
    ]);
  });

  it('reads the member that older versions have the new number in', () => {
    expect(onMessages({ type: 'system', system: { type: 'customer_changed_number', new_wa_id: '16509999999' } })[1]).toMatchObject({
      content: { current: { waId: '16509999999' } },
    });
  });

  it('of a user without a number names ids alone, and the message still has a sender', () => {
    const system = { type: 'user_changed_user_id', user_id: 'US.2', previous_user_id: 'US.1' };
    const [message, change] = onMessages({ from: undefined, type: 'system', system });
    expect(message).toMatchObject({ content: { fromUserId: 'US.1', waId: null } });
    expect(change).toMatchObject({ content: { change: 'user-id', previous: { waId: null, userId: 'US.1' }, current: { waId: null, userId: 'US.2' } } });
  });

  it('tells of a new encryption key', () => {
    const identity = { acknowledged: true, created_timestamp: '1', hash: 'DF2=' };
    const [, change] = onMessages({ type: 'system', identity, system: { type: 'customer_identity_changed' } });
    expect(change).toMatchObject({ content: { change: 'key', keyHash: 'DF2=', previous: { waId: '16505551234' }, current: { waId: '16505551234' } } });
  });

  it('is nothing that other system messages tell', () => {
    expect(onMessages({ type: 'system', system: { type: 'constructor', body: 'x' } })).toHaveLength(1);
  });
});

describe('coexistence', () => {
  it('reads what the staff wrote, to whomever', () => {
    const text = { type: 'text', text: { body: 'Yes' } };
    expect(
      itemsOf('smb_message_echoes', {
        message_echoes: [
          { from: '1', to: '16505551234', to_user_id: 'US.1', id: 'wamid.1', timestamp: '1749416383', ...text },
          { from: '1', to: 'US.1', id: 'wamid.2', ...text },
          { from: '1', to: '16505551234' },
        ],
      }),
    ).toMatchObject([
      { kind: 'echo', content: { wamid: 'wamid.1', at, to: { waId: '16505551234', userId: 'US.1' }, kind: 'text', content: { body: 'Yes' } } },
      { kind: 'echo', content: { at: null, to: { waId: null, userId: 'US.1' } } },
      { kind: 'unknown', problem: 'echo.without-id' },
    ]);
  });

  it('reads each person of the address book', () => {
    const metadata = { timestamp: '1749416383' };
    const contact = { full_name: 'Ana Pop', first_name: 'Ana', phone_number: '16505551234' };
    expect(
      itemsOf('smb_app_state_sync', {
        state_sync: [{ type: 'contact', contact, action: 'add', metadata }, { type: 'contact', contact: { phone_number: 16505551235 }, action: 'remove' }, { action: 'merge' }, 7],
      }),
    ).toMatchObject([
      { kind: 'contact-sync', path: `${PLACE}/state_sync/0`, content: { action: 'add', phone: '16505551234', fullName: 'Ana Pop', firstName: 'Ana', at } },
      { kind: 'contact-sync', content: { action: 'remove', phone: '16505551235', fullName: null, at: null } },
      { kind: 'unknown', problem: 'contact-sync.unknown' },
      { kind: 'unknown', problem: 'item.not-an-object' },
    ]);
  });

  it('reads each message of each thread of the history, with its side and its place', () => {
    const metadata = { phase: 1, chunk_order: '2', progress: 55 };
    const inbound = { from: '16505551234', id: 'wamid.1', timestamp: '1749416383', type: 'text', text: { body: 'Hi' }, history_context: { status: 'read' } };
    const outbound = { from: '15550783881', id: 'wamid.2', type: 'media_placeholder', history_context: { status: 'DELIVERED' } };
    const said = { from: '15550000000', id: 'wamid.3', type: 'text', text: { body: 'x' }, history_context: { from_me: true } };
    const threads = [{ id: '16505551234', messages: [inbound, outbound] }, { id: 'US.1', messages: [said, { type: 'text' }, 7] }, null];
    expect(itemsOf('history', { history: [{ metadata, threads }] })).toMatchObject([
      {
        kind: 'history',
        path: `${PLACE}/history/0/threads/0/messages/0`,
        content: { direction: 'INBOUND', customer: { waId: '16505551234', userId: null }, at, status: 'READ', phase: 1, chunkOrder: 2, progress: 55, content: { body: 'Hi' } },
      },
      {
        kind: 'history',
        path: `${PLACE}/history/0/threads/0/messages/1`,
        content: { direction: 'OUTBOUND', customer: { waId: '16505551234' }, kind: 'unsupported', content: { type: 'media_placeholder' } },
      },
      { kind: 'history', content: { direction: 'OUTBOUND', customer: { waId: null, userId: 'US.1' }, status: null } },
      { kind: 'unknown', problem: 'message.without-id' },
      { kind: 'unknown', problem: 'item.not-an-object' },
    ]);
  });

  it('reads media that come after their placeholder, and a history that was not shared', () => {
    const image = { from: '15550783881', to: '16505551234', id: 'wamid.1', type: 'image', image: { id: '7' } };
    expect(itemsOf('history', { messages: [image] })).toMatchObject([
      { kind: 'history', content: { direction: 'OUTBOUND', customer: { waId: '16505551234' }, kind: 'image', phase: null, content: { id: '7' } } },
    ]);
    expect(itemsOf('history', { history: [{ errors: [{ code: 2593109, title: 'Off' }] }] })).toMatchObject([
      { kind: 'history-declined', path: `${PLACE}/history/0/errors`, content: { errors: [{ code: 2593109, title: 'Off' }] } },
    ]);
    expect(itemsOf('history', { history: [{ metadata: { phase: 2, progress: 100 }, threads: [] }] })).toMatchObject([
      { kind: 'unknown', problem: 'history.without-messages' },
    ]);
  });

  it('keeps long ids of the history exact', () => {
    const value = `{"history":[{"threads":[{"id":"1","messages":[{"id":12345678901234567890,"from":"1","type":"image","image":{"id":12345678901234567891}}]}]}]}`;
    expect(itemsOf('history', value)).toMatchObject([{ content: { wamid: '12345678901234567890', content: { id: '12345678901234567891' } } }]);
  });
});

describe('what stands beside the body of a message', () => {
  it('is kept with it: the ad, the product, that it was passed on', () => {
    const referral = { source_id: '12345678901234567890', ctwa_clid: 'x', headline: 'Pizza' };
    const context = { from: '1', id: 'wamid.Q', forwarded: true, referred_product: { catalog_id: '1', product_retailer_id: 'a' } };
    expect(onMessages({ type: 'text', text: { body: 'Hi' }, referral, context })).toMatchObject([
      { content: { contextWamid: 'wamid.Q', content: { body: 'Hi', referral, forwarded: true, referred_product: { catalog_id: '1' } } } },
    ]);
  });

  it('parses the answer of a flow where it parses, with exact integers', () => {
    const answer = (response_json: string) => onMessages({ type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { name: 'flow', response_json } } })[0];
    expect(answer('{"flow_token":"t","id":12345678901234567890}')).toMatchObject({
      content: { content: { nfm_reply: { name: 'flow', response_json: '{"flow_token":"t","id":12345678901234567890}', response: { flow_token: 't', id: '12345678901234567890' } } } },
    });
    expect(answer('{"flow_token"')).toMatchObject({ content: { content: { nfm_reply: { name: 'flow' } } } });
    expect(answer('7')).not.toHaveProperty('content.content.nfm_reply.response');
  });

  it('names the type that has no kind of its own, and where a card came from', () => {
    expect(onMessages({ type: 'request_welcome' })).toMatchObject([{ content: { kind: 'unsupported', content: { type: 'request_welcome' } } }]);
    expect(onMessages({ type: 'contacts', origin: 'contact_request', contacts: [{ vcard: 'x' }] })).toMatchObject([
      { content: { content: { contacts: [{ vcard: 'x' }], origin: 'contact_request' } } },
    ]);
  });
});

describe('a status', () => {
  const status = { id: 'wamid.9', status: 'delivered', timestamp: '1749416383', recipient_id: '16505551234', recipient_user_id: 'US.1' };

  it('tells who the recipient is, where the webhook says it', () => {
    const contacts = [{ wa_id: '1', user_id: 'US.9' }, { profile: { name: 'Ana', username: '@ana' }, user_id: 'US.1', parent_user_id: 'US.ENT.1' }];
    expect(itemsOf('messages', { contacts, statuses: [status] })).toMatchObject([
      { kind: 'status', content: { recipient: { waId: null, userId: 'US.1', parentUserId: 'US.ENT.1', profileName: 'Ana', username: '@ana' } } },
    ]);
    expect(itemsOf('messages', { contacts: contacts.slice(0, 1), statuses: [status] })).toMatchObject([{ content: { recipient: null } }]);
  });

  it.each(['warning', 'deleted'])('%s is a note, not a step of the delivery', (note) => {
    expect(itemsOf('messages', { statuses: [{ ...status, status: note }] })).toMatchObject([{ kind: 'status-note', content: { wamid: 'wamid.9', note, at } }]);
  });
});

it('reads the username of the business', () => {
  expect(itemsOf('business_username_update', { username: 'trattoria', status: 'approved' })).toMatchObject([
    { kind: 'username-update', displayPhoneNumber: METADATA.display_phone_number, content: { username: 'trattoria', status: 'approved' } },
  ]);
});

it('never throws whatever stands in a field, and gives every item a place of its own', () => {
  const fields = ['messages', 'history', 'smb_message_echoes', 'smb_app_state_sync', 'user_preferences', 'business_username_update', 'account_update'];
  const keys = ['messages', 'statuses', 'contacts', 'errors', 'history', 'message_echoes', 'state_sync', 'user_preferences', 'event'];
  const word = fc.constantFrom('type', 'id', 'from', 'to', 'edit', 'revoke', 'system', 'text', 'original_message_id', 'message', 'threads', 'metadata', 'contact', 'action', 'context', 'history_context', 'status');
  const leaf = fc.oneof(fc.constantFrom('edit', 'revoke', 'system', 'interactive', 'add', 'user_changed_number', 'US.1', '16505551234'), fc.jsonValue({ maxDepth: 1 }));
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof({ maxDepth: 5 }, leaf, fc.dictionary(word, tie('node'), { maxKeys: 5 }), fc.array(tie('node'), { maxLength: 3 })),
  }));
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.dictionary(fc.constantFrom(...keys), node, { maxKeys: 4 }), (field, value) => {
      const items = itemsOf(field, value as JsonObject);
      expect(items.length).toBeGreaterThan(0);
      expect(new Set(items.map(({ path }) => path)).size).toBe(items.length);
      expect(items.filter((item) => item.kind === 'unknown' && item.problem === 'item.unreadable')).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
