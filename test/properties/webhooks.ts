import fc from 'fast-check';

/** Payloads of Meta's, as they should be and as they should not. All of it is drawn by fast-check, so that a seed gives it again. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonMembers = Record<string, Json>;

export const APP_OBJECT = 'whatsapp_business_account';

/** One change of one account. */
export function envelopeOf(field: string, value: Json, wabaId = '102290129340398'): JsonMembers {
  return { object: APP_OBJECT, entry: [{ id: wabaId, time: 1_749_416_383, changes: [{ field, value }] }] };
}

/** The value of a change of messages: what stands in it beside the number. */
export function valueOf(graphId: string, parts: JsonMembers): JsonMembers {
  return { messaging_product: 'whatsapp', metadata: { display_phone_number: '15550783881', phone_number_id: graphId }, ...parts };
}

const MEDIA = { mime_type: 'image/jpeg', sha256: 'SfInY0gKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI8=', id: '1003383421387256' };

/** What stands in a message under its type, and its type. */
export const bodies: fc.Arbitrary<JsonMembers> = fc.oneof<fc.Arbitrary<JsonMembers>[]>(
  fc.string({ maxLength: 40 }).map((body) => ({ type: 'text', text: { body } })),
  fc.constant({ type: 'image', image: { ...MEDIA, caption: 'Taj Mahal' } }),
  fc.constant({ type: 'audio', audio: { ...MEDIA, mime_type: 'audio/ogg; codecs=opus', voice: true } }),
  fc.constant({ type: 'location', location: { latitude: 37.44, longitude: -122.16, name: 'Philz Coffee' } }),
  fc.constant({ type: 'contacts', contacts: [{ name: { formatted_name: 'Ana' }, phones: [{ phone: '+40', wa_id: '40' }] }] }),
  fc.constantFrom('👍', '').map((emoji) => ({ type: 'reaction', reaction: { message_id: 'wamid.Q', emoji } })),
  fc.constant({ type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'e', title: 'Express' } } }),
  fc.constant({ type: 'button', button: { payload: 'CONFIRM', text: 'Confirm' } }),
  fc.constant({ type: 'order', order: { catalog_id: '194836987003835', product_items: [{ product_retailer_id: 'a', quantity: 2, item_price: 30, currency: 'USD' }] } }),
  fc.constant({ type: 'unsupported', errors: [{ code: 131051, title: 'Message type unknown' }] }),
  fc.constant({ type: 'hologram', hologram: { a: 1 } }),
);

/** Other fields of accounts and numbers, each with a value of Meta's documentation. */
const FIELDS: readonly [string, JsonMembers][] = [
  ['message_template_status_update', { event: 'APPROVED', message_template_id: 1_689_556_908_129_832, message_template_name: 'order', message_template_language: 'en-US', reason: null }],
  ['message_template_quality_update', { previous_quality_score: 'GREEN', new_quality_score: 'YELLOW', message_template_id: 1, message_template_name: 'order', message_template_language: 'en' }],
  ['template_category_update', { message_template_id: 1, message_template_name: 'order', message_template_language: 'en', previous_category: 'UTILITY', new_category: 'MARKETING' }],
  ['phone_number_quality_update', { display_phone_number: '15550783881', event: 'ONBOARDING', current_limit: 'TIER_1K' }],
  ['account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE', waba_ban_date: 'April 17, 2025' } }],
  ['business_capability_update', { max_daily_conversations_per_business: 'TIER_2K', max_phone_numbers_per_waba: 25 }],
  ['security', { display_phone_number: '15550783881', event: 'PIN_CHANGED' }],
  ['user_preferences', valueOf('1', { user_preferences: [{ wa_id: '16505551234', category: 'marketing_messages', value: 'stop', timestamp: 1_731_705_721 }] })],
  ['smb_message_echoes', valueOf('1', { message_echoes: [{ from: '15550783881', to: '16505551234', id: 'wamid.E', timestamp: '1749416383', type: 'text', text: { body: 'Hi' } }] })],
  ['smb_app_state_sync', valueOf('1', { state_sync: [{ type: 'contact', contact: { full_name: 'Ana', phone_number: '16505551234' }, action: 'add', metadata: { timestamp: '1' } }] })],
  ['history', valueOf('1', { history: [{ metadata: { phase: 0, chunk_order: 1, progress: 55 }, threads: [{ id: '16505551234', messages: [{ from: '16505551234', id: 'wamid.H', timestamp: '1', type: 'text', text: { body: 'Old' } }] }] }] })],
  ['of_tomorrow', { anything: ['goes', 1] }],
];

export const otherFields: fc.Arbitrary<JsonMembers> = fc.constantFrom(...FIELDS).map(([field, value]) => envelopeOf(field, value));

/** What nobody expects to find. Longer integers than a double holds are written by `jsonOf`. */
const ODD: readonly Json[] = [null, true, -1, 1e308, '', ' ', 'x'.repeat(5_000), '\u0000', 'half \ud83d', '__proto__', "'; DROP TABLE messages; --", [], {}, [[]], [null], { toString: 1 }, '#9007199254740993123'];

/** A change of one place of a payload. */
interface Mutation {
  readonly place: number;
  readonly how: 'drop' | 'replace' | 'wrap' | 'double' | 'nest';
  readonly odd: Json;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(10_000),
  how: fc.constantFrom('drop', 'replace', 'wrap', 'double', 'nest'),
  odd: fc.oneof(fc.constantFrom(...ODD), fc.jsonValue() as fc.Arbitrary<Json>),
});

/** The payload with some of its places changed: members gone, of another type, doubled, or nested elsewhere. */
export function mutated(payload: fc.Arbitrary<Json>, most = 4): fc.Arbitrary<Json> {
  return fc.tuple(payload, fc.array(mutation, { minLength: 1, maxLength: most })).map(([clean, mutations]) => {
    const copy = { root: structuredClone(clean) };
    for (const one of mutations) mutate(copy, one);
    return copy.root;
  });
}

type Holder = Record<string, Json> | Json[];

/** Every place that a value stands at, from the outside in. */
function placesIn(holder: Holder): { holder: Holder; key: string }[] {
  return Object.keys(holder).flatMap((key) => {
    const value = holder[key as keyof Holder] as Json;
    return [{ holder, key }, ...(typeof value === 'object' && value !== null ? placesIn(value) : [])];
  });
}

function mutate(copy: { root: Json }, { place, how, odd }: Mutation): void {
  const places = placesIn(copy);
  const { holder, key } = places[place % places.length]!;
  const at = holder as Record<string, Json>;
  const value = at[key]!;
  if (how === 'replace') at[key] = odd;
  else if (how === 'wrap') at[key] = [value];
  else if (how === 'nest') at[key] = { [key]: value };
  else if (how === 'double' && Array.isArray(holder)) holder.push(structuredClone(value));
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (holder !== (copy as Holder)) delete at[key];
}

/** As it comes over the wire: escaped as Meta does it, and with integers that no double holds. */
export function jsonOf(payload: Json): string {
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(payload).replaceAll(/"#(\d+)"/g, '$1').replaceAll(/[\u0080-\uffff]/g, escaped).replaceAll('/', '\\/');
}
