import fc from 'fast-check';
import type { JsonObject } from './json.js';
import { parseEnvelope } from './webhook-envelope.js';
import type { WebhookItem } from './webhook-event.js';

const METADATA = { display_phone_number: '15550783881', phone_number_id: '106540352242922' };

const envelopeOf = (...changes: unknown[]): JsonObject => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '102290129340398', changes: changes as JsonObject[] }],
});

const change = (value: JsonObject, field = 'messages'): JsonObject => ({
  field,
  value: { messaging_product: 'whatsapp', metadata: METADATA, ...value },
});

function itemsOf(envelope: unknown): WebhookItem[] {
  const parsed = parseEnvelope(typeof envelope === 'string' ? envelope : JSON.stringify(envelope));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.items;
}

const only = (envelope: unknown): WebhookItem => {
  const items = itemsOf(envelope);
  expect(items).toHaveLength(1);
  return items[0] as WebhookItem;
};

const message = (patch: JsonObject, contacts?: JsonObject[]): WebhookItem => {
  const items = messages(patch, contacts);
  expect(items).toHaveLength(1);
  return items[0] as WebhookItem;
};

const messages = (patch: JsonObject, contacts?: JsonObject[]): WebhookItem[] =>
  itemsOf(
    envelopeOf(
      change({
        ...(contacts && { contacts }),
        messages: [{ from: '16505551234', id: 'wamid.1', timestamp: '1749416383', ...patch }],
      }),
    ),
  );

const STATUS = { id: 'wamid.9', status: 'sent', timestamp: '1750030073', recipient_id: '16505551234' };

describe('parseEnvelope', () => {
  it('reads every status of every change of every entry, in order, with its place', () => {
    const one = {
      id: '1',
      changes: [change({ statuses: [STATUS, { ...STATUS, status: 'delivered' }] }), change({ statuses: [STATUS] })],
    };
    const items = itemsOf({ object: 'whatsapp_business_account', entry: [one, { ...one, id: '2' }] });
    expect(items.map(({ path, wabaId, kind }) => `${wabaId} ${kind} ${path}`)).toEqual([
      '1 status /entry/0/changes/0/value/statuses/0',
      '1 status /entry/0/changes/0/value/statuses/1',
      '1 status /entry/0/changes/1/value/statuses/0',
      '2 status /entry/1/changes/0/value/statuses/0',
      '2 status /entry/1/changes/0/value/statuses/1',
      '2 status /entry/1/changes/1/value/statuses/0',
    ]);
  });

  it('types a status with its errors, whether details come as object or text', () => {
    const errors = [
      { code: 131026, title: 'Message undeliverable', error_data: { details: 'Old app.' } },
      { code: '131049', message: 'Healthy', error_data: 'limit' },
      { code: 'x' },
    ];
    const pricing = { billable: true, category: 'utility' };
    expect(
      only(
        envelopeOf(
          change({
            statuses: [
              {
                ...STATUS,
                status: 'failed',
                biz_opaque_callback_data: 'attempt',
                recipient_user_id: 'US.1',
                errors,
                pricing,
              },
            ],
          }),
        ),
      ),
    ).toMatchObject({
      kind: 'status',
      wabaId: '102290129340398',
      field: 'messages',
      phoneNumberId: METADATA.phone_number_id,
      content: {
        wamid: 'wamid.9',
        status: 'failed',
        at: new Date(1_750_030_073_000),
        recipientId: '16505551234',
        recipientUserId: 'US.1',
        opaque: 'attempt',
        pricing,
        errors: [
          { code: 131026, title: 'Message undeliverable', details: 'Old app.' },
          { code: 131049, title: 'Healthy', details: 'limit' },
          { code: null, title: null, details: null },
        ],
      },
    });
  });

  it('keeps a status without a time or recipient, and says what is wrong with the rest', () => {
    const statuses = [{ id: 'w', status: 'read' }, { status: 'read' }, { id: 'w', status: 'wondering' }, 7];
    const items = itemsOf(envelopeOf(change({ statuses: statuses as JsonObject[] })));
    expect(items[0]).toMatchObject({ kind: 'status', content: { at: null, recipientId: null, opaque: null } });
    expect(items.slice(1).map((item) => item.kind === 'unknown' && item.problem)).toEqual([
      'status.without-id',
      'status.unknown',
      'item.not-an-object',
    ]);
  });

  it('types a message with its sender', () => {
    const contacts = [
      { profile: { name: 'Other' }, wa_id: '16500000000' },
      {
        profile: { name: 'Sheena', username: '@x' },
        wa_id: '16505551234',
        user_id: 'US.1349',
        parent_user_id: 'US.ENT.118',
      },
    ];
    expect(
      message({ type: 'text', text: { body: 'Hi' }, context: { from: '1', id: 'wamid.0' } }, contacts),
    ).toMatchObject({
      kind: 'message',
      path: '/entry/0/changes/0/value/messages/0',
      content: {
        wamid: 'wamid.1',
        from: '16505551234',
        fromUserId: 'US.1349',
        parentUserId: 'US.ENT.118',
        waId: '16505551234',
        profileName: 'Sheena',
        username: '@x',
        at: new Date(1_749_416_383_000),
        type: 'text',
        kind: 'text',
        contextWamid: 'wamid.0',
        groupId: null,
        content: { body: 'Hi' },
        errors: [],
      },
    });
  });

  it('knows a user without a phone by the business-scoped id, wherever Meta puts it', () => {
    const sender = { fromUserId: 'US.1349', from: null, waId: null };
    expect(
      message({ from: undefined, from_user_id: 'US.1349', type: 'text', text: { body: 'x' } }, [
        { user_id: 'US.1349' },
      ]),
    ).toMatchObject({ content: sender });
    expect(message({ from: 'US.1349', type: 'text' }, [{ wa_id: 'US.1349' }])).toMatchObject({ content: sender });
    expect(message({ from: undefined, type: 'text' })).toMatchObject({
      kind: 'message',
      content: { from: null, fromUserId: null },
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'a voice note',
      { type: 'audio', audio: { id: '1', voice: true } },
      { kind: 'audio', content: { id: '1', voice: true } },
    ],
    ['an old voice note', { type: 'voice', voice: { id: '1' } }, { kind: 'audio', content: { id: '1' } }],
    [
      'a card',
      { type: 'contacts', contacts: [{ name: {} }] },
      { kind: 'contacts', content: { contacts: [{ name: {} }] } },
    ],
    [
      'a type of tomorrow',
      { type: 'hologram', hologram: { a: 1 } },
      { kind: 'unsupported', type: 'hologram', content: { a: 1 } },
    ],
    ['the old unknown', { type: 'unknown' }, { kind: 'unsupported', content: {} }],
    ['no type', {}, { kind: 'unsupported', content: {} }],
    ['no body', { type: 'interactive' }, { kind: 'interactive', content: {} }],
    ['a name of the language', { type: 'constructor' }, { kind: 'unsupported', content: {} }],
    ['a template that cannot come in', { type: 'template', template: {} }, { kind: 'unsupported' }],
    ['a group', { type: 'text', group_id: 'g', text: { body: 'x' } }, { kind: 'text', groupId: 'g' }],
    ['a broken time', { type: 'text', timestamp: '-1' }, { at: null }],
    [
      'an unsupported one',
      { type: 'unsupported', errors: [{ code: 131051 }], unsupported: { type: 'poll' } },
      { kind: 'unsupported', content: { type: 'poll', errors: [{ code: 131051 }] }, errors: [{ code: 131051, title: null, details: null }] },
    ],
  ])('takes %s', (_, patch, content) => {
    expect(message(patch)).toMatchObject({ kind: 'message', content });
  });

  it('does not take the new number of a system message for its sender', () => {
    const system = { type: 'system', system: { wa_id: '16509999999', type: 'user_changed_number' } };
    expect(messages(system)[0]).toMatchObject({ content: { kind: 'system', from: '16505551234', waId: '16505551234' } });
    expect(messages(system, [{ wa_id: '16509999999', profile: { name: 'New' } }])[0]).toMatchObject({
      content: { waId: '16505551234', profileName: null },
    });
  });

  it('keeps integers beyond 2^53 exact', () => {
    const body = `{"entry":[{"id":98765432109876543210,"changes":[{"field":"message_template_status_update","value":
      {"event":"PAUSED","message_template_id": 12345678901234567890,"message_template_name":"a","message_template_language":"en-US","reason":"NONE","x":1.5}}]}]}`;
    expect(only(body)).toMatchObject({
      kind: 'template-status',
      wabaId: '98765432109876543210',
      content: {
        templateId: '12345678901234567890',
        language: 'en_US',
        status: 'PAUSED',
        event: 'PAUSED',
        reason: null,
        category: null,
      },
      raw: { x: 1.5 },
    });
    // The exact parser refuses doubled members; the ordinary one then reads the rest.
    expect(only('{"entry":{"id":12345678901234567890,"id":2,"changes":{"field":"security","value":{}}}}').kind).toBe(
      'security',
    );
  });

  it.each<[string, JsonObject, object]>([
    [
      'message_template_quality_update',
      { previous_quality_score: 'GREEN', new_quality_score: 'RED', message_template_id: 5 },
      { kind: 'template-quality', content: { templateId: '5', previous: 'GREEN', current: 'RED' } },
    ],
    ['message_template_status_update', { new_quality_score: 'RED' }, { kind: 'template-quality' }],
    ['message_template_status_update', {}, { kind: 'unknown', problem: 'event.missing' }],
    [
      'template_category_update',
      { new_category: 'UTILITY', correct_category: 'MARKETING' },
      { kind: 'template-category', content: { category: 'UTILITY', upcomingCategory: 'MARKETING', language: null } },
    ],
    [
      'phone_number_quality_update',
      {
        display_phone_number: '15550783881',
        event: 'THROUGHPUT_UPGRADE',
        max_daily_conversations_per_business: 'TIER_2K',
      },
      {
        kind: 'number-quality',
        displayPhoneNumber: '15550783881',
        content: { event: 'THROUGHPUT_UPGRADE', tier: 'TIER_2K' },
      },
    ],
    [
      'user_preferences',
      { user_preferences: [{ wa_id: '1', category: 'marketing_messages', value: 'stop', timestamp: 1731705721 }] },
      { kind: 'user-preference', content: { waId: '1', value: 'stop', at: new Date(1_731_705_721_000) } },
    ],
    [
      'account_update',
      { event: 'PARTNER_ADDED', waba_info: { waba_id: '104996122399160' } },
      { kind: 'account-update', wabaId: '104996122399160' },
    ],
    ['smb_message_echoes', { message_echoes: [{ id: 'w' }] }, { kind: 'echo', raw: { id: 'w' } }],
    ['history', { history: [] }, { kind: 'unknown', problem: 'value.empty' }],
    ['flows', { event: 'x' }, { kind: 'unknown', problem: 'field.unknown' }],
    ['constructor', {}, { kind: 'unknown', problem: 'field.unknown' }],
    ['messages', {}, { kind: 'unknown', problem: 'value.empty' }],
    [
      'messages',
      { errors: [{ code: 131000, title: 'Went wrong' }] },
      { kind: 'errors', content: { errors: [{ code: 131000, title: 'Went wrong', details: null }] } },
    ],
  ])('reads the field %s', (field, value, item) => {
    expect(only(envelopeOf({ field, value }))).toMatchObject(item);
  });

  it.each(['1\u0000', '1\ud800', 'W', '9'.repeat(40), ''])('takes the account %j for none: ids of Meta are digits', (id) => {
    expect(only(envelopeOf({ field: 'account_update', value: { event: 'PARTNER_REMOVED', waba_info: { waba_id: id } } })).wabaId).toBeNull();
  });

  it('keeps a message without body beside the error of the same value', () => {
    const items = itemsOf(
      envelopeOf(change({ messages: [{ id: 'w', type: 'interactive' }], errors: [{ code: 131000 }] })),
    );
    expect(items.map(({ kind }) => kind)).toEqual(['message', 'errors']);
  });

  it.each<[string, unknown]>([
    ['a bare change', change({ statuses: [STATUS] })],
    ['a bare entry', { id: '1', changes: [change({ statuses: [STATUS] })] }],
    ['an entry that is no list', { entry: { id: '1', changes: change({ statuses: [STATUS] }) } }],
    ['a field on the entry', { entry: [{ id: '1', field: 'messages', value: change({ statuses: [STATUS] }).value }] }],
    ['no field at all', { entry: [{ changes: [{ value: { statuses: [STATUS] } }] }] }],
    ['a status that is no list', envelopeOf(change({ statuses: STATUS }))],
    [
      'the object on the change',
      { entry: [{ changes: [{ object: 'whatsapp_business_account', ...change({ statuses: [STATUS] }) }] }] },
    ],
  ])('finds the status in %s', (_, envelope) => {
    expect(only(envelope)).toMatchObject({ kind: 'status', content: { wamid: 'wamid.9' } });
  });

  it('reads the test payload of the app dashboard', () => {
    expect(
      only({
        field: 'messages',
        value: {
          messaging_product: 'whatsapp',
          metadata: { display_phone_number: '16505551111', phone_number_id: '123456123' },
          contacts: [{ profile: { name: 'test user name' }, wa_id: '16315551181' }],
          messages: [
            {
              from: '16315551181',
              id: 'ABGGFlA5Fpa',
              timestamp: '1504902988',
              type: 'text',
              text: { body: 'this is a text message' },
            },
          ],
        },
      }),
    ).toMatchObject({
      kind: 'message',
      wabaId: null,
      phoneNumberId: '123456123',
      content: { profileName: 'test user name' },
    });
  });

  it.each([
    ['', 'body.empty'],
    [' \n', 'body.empty'],
    ['{"entry":', 'json.malformed'],
    ['\u00ff\u00fe', 'json.malformed'],
    ['null', 'envelope.not-an-object'],
    ['[]', 'envelope.not-an-object'],
    ['7', 'envelope.not-an-object'],
  ])('says why %j is no envelope', (body, reason) => {
    expect(parseEnvelope(body)).toEqual({ ok: false, reason });
    expect(parseEnvelope(Buffer.from(body))).toEqual({ ok: false, reason });
  });

  it.each<[unknown, string]>([
    [{}, 'value.missing'],
    [{ entry: [] }, 'envelope.empty'],
    [{ entry: null }, 'envelope.empty'],
    [{ entry: [{ id: '1', changes: [] }] }, 'entry.empty'],
    [{ entry: [null] }, 'value.missing'],
    [{ entry: [{ changes: ['x'] }] }, 'value.missing'],
    [{ object: 'page', entry: [{ changes: [change({ statuses: [STATUS] })] }] }, 'object.unknown'],
  ])('never lets %j vanish', (envelope, problem) => {
    expect(only(envelope)).toMatchObject({ kind: 'unknown', problem });
  });

  it('never throws, and always gives items or a reason', () => {
    const bodies: fc.Arbitrary<string | Uint8Array> = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.uint8Array(),
      fc.json(),
      fc.jsonValue().map((json) => JSON.stringify({ object: 'whatsapp_business_account', entry: json })),
      fc.jsonValue().map((json) => JSON.stringify(envelopeOf(json))),
      fc
        .tuple(fc.constantFrom('messages', 'statuses', 'contacts', 'errors', 'metadata'), fc.jsonValue())
        .map(([key, json]) => JSON.stringify(envelopeOf(change({ [key]: json as JsonObject })))),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const parsed = parseEnvelope(body);
        expect(parsed.ok ? parsed.items.length : parsed.reason.length).toBeGreaterThan(0);
      }),
      { numRuns: 600 },
    );
    expect(parseEnvelope(`${'['.repeat(100_000)}12345678901234567890`).ok).toBe(false);
    expect(parseEnvelope(`{"a":${'['.repeat(100_000)}12345678901234567890${']'.repeat(100_000)}}`).ok).toBe(true);
  });

  it('never loses a neighbour of a broken item', () => {
    const broken = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom('id', 'status', 'timestamp', 'type', 'text', 'from', 'errors', 'context', 'pricing'),
        fc.jsonValue(),
      ),
    );
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.nat(5),
        broken,
        fc.constantFrom('statuses', 'messages', 'changes', 'entry'),
        (before, after, bad, level) => {
          const goods = Array.from({ length: before + after }, (_, n) =>
            level === 'messages'
              ? { id: `w${n}`, from: '16505551234', type: 'text', text: { body: 'x' } }
              : { ...STATUS, id: `w${n}` },
          );
          const wrap = (good: JsonObject): unknown =>
            level === 'entry'
              ? { id: '1', changes: [change({ statuses: [good] })] }
              : level === 'changes'
                ? change({ statuses: [good] })
                : good;
          const list = [...goods.slice(0, before).map(wrap), bad, ...goods.slice(before).map(wrap)];
          const items = itemsOf(
            level === 'entry'
              ? { object: 'whatsapp_business_account', entry: list }
              : level === 'changes'
                ? envelopeOf(...list)
                : envelopeOf(change({ [level]: list as JsonObject[] })),
          );
          const wamids = items.map((item) =>
            'content' in item && 'wamid' in item.content ? item.content.wamid : null,
          );
          for (const { id } of goods) expect(wamids).toContain(id);
        },
      ),
      { numRuns: 500 },
    );
  });
});
