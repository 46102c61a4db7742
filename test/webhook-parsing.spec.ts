import { parseEnvelope, type WebhookItem } from '@parley/domain';
import fc from 'fast-check';
import { APP_OBJECT, bodies, envelopeOf, jsonOf, mutated, otherFields, valueOf, type Json, type JsonMembers } from './properties/webhooks.js';

/** 10,000 payloads in all; the seed is printed with a failure. */
const RUNS = { numRuns: 5_000, seed: 20_261_121 };
const GRAPH_ID = '106540352242922';

const messages: fc.Arbitrary<Json> = bodies.map((body) =>
  envelopeOf('messages', valueOf(GRAPH_ID, {
    contacts: [{ profile: { name: 'Sheena' }, wa_id: '16505551234', user_id: 'US.13491208655302741918' }],
    messages: [{ from: '16505551234', id: 'wamid.1', timestamp: '1749416383', ...body }],
  })),
);
const status = (id: string): JsonMembers => ({ id, status: 'sent', timestamp: '1750030073', recipient_id: '16505551234' });
const statuses: fc.Arbitrary<Json> = fc.array(fc.uuid(), { maxLength: 3 }).map((ids) => envelopeOf('messages', valueOf(GRAPH_ID, { statuses: ids.map(status) })));
const payloads = fc.oneof(messages, statuses, otherFields);

const itemsOf = (payload: Json): WebhookItem[] => {
  const parsed = parseEnvelope(Buffer.from(jsonOf(payload)));
  return parsed.ok ? parsed.items : [];
};

describe('whatever Meta sends', () => {
  it('is read without an error, and every item has a place of its own', () => {
    fc.assert(
      fc.property(fc.oneof(mutated(payloads), fc.jsonValue() as fc.Arbitrary<Json>), (payload) => {
        const items = itemsOf(payload);
        expect(new Set(items.map(({ path }) => path)).size).toBe(items.length);
      }),
      RUNS,
    );
  });

  it('costs no neighbour: what stands beside a broken change, or a broken item, is read as if it stood alone', () => {
    const broken = mutated(payloads.map((payload) => ((payload as JsonMembers)['entry'] as Json[])[0]!));
    fc.assert(
      fc.property(broken, mutated(bodies.map((body) => ({ from: '16505551234', id: 'wamid.1', timestamp: '1749416383', ...body }))), (entry, message) => {
        const alone = itemsOf(envelopeOf('messages', valueOf(GRAPH_ID, { statuses: [status('wamid.good')] })));
        const good = { id: '102290129340398', changes: [{ field: 'messages', value: valueOf(GRAPH_ID, { messages: [message], statuses: [status('wamid.good')] }) }] };
        const beside = itemsOf({ object: APP_OBJECT, entry: [entry, good] });
        const found = beside.filter((item) => item.kind === 'status' && item.path.startsWith('/entry/1/') && item.content.wamid === 'wamid.good');
        expect(found).toHaveLength(1);
        expect(found[0]).toMatchObject({ kind: 'status', content: (alone[0] as { content: object }).content, phoneNumberId: GRAPH_ID });
      }),
      RUNS,
    );
  });

  it.each([
    ['nothing', ''],
    ['a blank', ' '],
    ['half an object', '{'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['a list', '[]'],
    ['a zero', '\u0000'],
    ['brackets without an end', '['.repeat(50_000)],
    ['20,000 lists in each other', `{"entry":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['a doubled member and a number of 1,000 digits', `{"a":1,"a":2,"entry":${'9'.repeat(1_000)}}`],
  ])('is no reason to fall over: %s', (_, text) => {
    expect(() => parseEnvelope(text)).not.toThrow();
  });
});
