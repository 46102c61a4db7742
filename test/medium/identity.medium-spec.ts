import { randomUUID } from 'node:crypto';
import { ensureContacts, followMerge, followMerges, learnFromAnswers, learnIdentities, mergeContacts, SystemDb, splitContact, type ContactPair } from '@parley/data';
import { identitiesOf as identitiesOfUser, type Identity } from '@parley/domain';
import { insertContact, insertConversation, insertIdentity, insertMessage, insertMessages, insertRow, pairOf, setConsent, uniqueDigits, type TestTenant } from '../support/fixtures.js';
import { envelope, TestWorker, uniqueWamid } from '../support/worker.js';

let worker: TestWorker;
let db: SystemDb;
let tenant: TestTenant;
let other: TestTenant;
let last = 10_000_000 + (process.pid % 1_000) * 10_000;

const NEVER = new AbortController().signal;
const phone = (value: string): Identity => ({ kind: 'phone', value });
const waId = (value: string): Identity => ({ kind: 'wa_id', value });
const bsuid = (value: string): Identity => ({ kind: 'bsuid', value });
const newUserId = () => `RO.${uniqueDigits(18)}`;
/** The eight digits behind Brazil's area code. */
const newLine = () => `8${String(last++).slice(-7)}`;
const newNumber = () => `4079${uniqueDigits(7)}`;

beforeAll(async () => {
  worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000' });
  db = worker.app.get(SystemDb, { strict: false });
  [tenant, other] = [await worker.tenant({ echo_enabled: false }), await worker.tenant({ echo_enabled: false })];
});
afterAll(() => worker.stop());

const ensure = async (identities: Identity[], of = tenant, at: Date | null = null): Promise<string> =>
  (await db.transaction((tx) => ensureContacts(tx, [{ tenantId: of.tenantId, identities, name: null, at }])))[0]!;

interface Sender {
  waId?: string;
  userId?: string;
  username?: string;
  name?: string;
}

const seconds = (at: Date) => String(Math.floor(at.getTime() / 1_000));

function text({ waId: from, userId, username, name = 'Ana' }: Sender, body = 'Hello', at = new Date(), of = tenant, wamid = uniqueWamid()): unknown {
  const profile = { name, ...(username && { username }) };
  return envelope(of.number.graphId, {
    contacts: [{ profile, ...(from && { wa_id: from }), ...(userId && { user_id: userId }) }],
    messages: [{ ...(from && { from }), ...(userId && { from_user_id: userId }), id: wamid, timestamp: seconds(at), type: 'text', text: { body } }],
  });
}

function system(from: string, content: object, at: Date, wamid = uniqueWamid(), beside: object = {}): unknown {
  return envelope(tenant.number.graphId, { messages: [{ from, id: wamid, timestamp: seconds(at), type: 'system', system: { body: 'changed', ...content }, ...beside }] });
}

const numberChanged = (from: string, to: string, at: Date, wamid?: string) => system(from, { type: 'user_changed_number', wa_id: to }, at, wamid);

/** Applies what is due of merges, and what follows. */
const settle = () => followMerges(db, NEVER);

async function contactOf(value: string, of = tenant): Promise<string | undefined> {
  const rows = await worker.rows<{ id: string }>('SELECT contact_id AS id FROM contact_identities WHERE tenant_id = $1 AND value = $2', [of.tenantId, value]);
  return rows[0]?.id;
}

const identitiesOf = (id: string) =>
  worker.rows<Identity>('SELECT kind::text AS kind, value FROM contact_identities WHERE tenant_id = $1 AND contact_id = $2 ORDER BY kind, value', [tenant.tenantId, id]);

async function bodiesOf(contactId: string): Promise<string[]> {
  const rows = await worker.rows<{ body: string }>(`SELECT content ->> 'body' AS body FROM messages WHERE tenant_id = $1 AND contact_id = $2 ORDER BY body`, [tenant.tenantId, contactId]);
  return rows.map(({ body }) => body);
}

describe('who is who', () => {
  it('another form of a Brazilian number is the same contact, and what Meta and the tenant gave is kept as it came', async () => {
    const line = newLine();
    const id = await ensure([phone(`+55119${line}`)]);
    await worker.receive(text({ waId: `5511${line}` }));
    expect(await contactOf(`5511${line}`)).toBe(id);
    expect(await identitiesOf(id)).toEqual([phone(`+55119${line}`), waId(`5511${line}`)]);
    // Another tenant's contact of the same number is another one.
    expect(await ensure([waId(`5511${line}`)], other)).not.toBe(id);
  });

  it('of two contacts with the other forms of a number neither is guessed', async () => {
    const line = newLine();
    const one = await insertContact(worker.pool, tenant.tenantId);
    const two = await insertContact(worker.pool, tenant.tenantId);
    await insertIdentity(worker.pool, tenant.tenantId, one.id, 'phone', `+55119${line}`);
    await insertIdentity(worker.pool, tenant.tenantId, two.id, 'wa_id', `55119${line}`);
    const third = await ensure([waId(`5511${line}`)]);
    expect([one.id, two.id]).not.toContain(third);
  });

  it('twenty writers who meet the same stranger at once, under different ids, make one contact', async () => {
    const [line, userId] = [newLine(), newUserId()];
    const forms = [[phone(`+55119${line}`)], [waId(`5511${line}`), phone(`+5511${line}`)], [bsuid(userId), waId(`5511${line}`)], [phone(`+5511${line}`)]];
    const ids = await Promise.all(Array.from({ length: 20 }, (_, at) => ensure(forms[at % forms.length]!)));
    expect(new Set(ids).size).toBe(1);
    expect(await contactOf(userId)).toBe(ids[0]);
  });

  it('strangers of one set are one person where any chain of ids joins them', async () => {
    const [number, userId] = [newNumber(), newUserId()];
    const ids = await db.transaction((tx) =>
      ensureContacts(tx, [[bsuid(userId)], [waId(number)], [bsuid(userId), waId(number)], [phone(`+${newNumber()}`)]].map((identities) => ({ tenantId: tenant.tenantId, identities, name: null }))),
    );
    expect(new Set(ids).size).toBe(2);
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(await contactOf(number)).toBe(ids[0]);
  });

  it('a message with a phone number and a user id that are two contacts joins them, whichever came first', async () => {
    const [number, userId] = [newNumber(), newUserId()];
    await worker.receive(text({ waId: number }, 'by phone'));
    await worker.receive(text({ userId }, 'by id'));
    const [older, newer] = [await contactOf(number), await contactOf(userId)];
    expect(older).not.toBe(newer);
    await worker.receive(text({ waId: number, userId }, 'by both'));
    await settle();
    expect(await contactOf(userId)).toBe(older);
    expect(await bodiesOf(older!)).toEqual(['by both', 'by id', 'by phone']);
    const open = await worker.rows('SELECT message_count, unread_count, contact_id FROM conversations WHERE tenant_id = $1 AND contact_id = $2 AND state <> $3', [tenant.tenantId, older, 'ARCHIVED']);
    expect(open).toEqual([{ message_count: 3, unread_count: 3, contact_id: older }]);
    await worker.receive(text({ userId }, 'later'));
    expect(await bodiesOf(older!)).toHaveLength(4);
  });

  it('two contacts with a user id each are left to people', async () => {
    const [number, userId, another] = [newNumber(), newUserId(), newUserId()];
    const one = await ensure([bsuid(userId), waId(number)]);
    const two = await ensure([bsuid(another)]);
    await worker.receive(text({ waId: number, userId: another }));
    await settle();
    expect([await contactOf(number), await contactOf(another)]).toEqual([one, two]);
  });

  it('statuses teach an id once, and tell of one person where it was somebody else’s', async () => {
    const [number, userId] = [newNumber(), newUserId()];
    const one = await ensure([waId(number)]);
    const learn = (contactId: string) => learnIdentities(db, [{ tenantId: tenant.tenantId, contactId, identities: [bsuid(userId)], at: new Date() }]);
    await Promise.all([learn(one), learn(one)]);
    expect(await contactOf(userId)).toBe(one);
    const two = await ensure([phone(`+${newNumber()}`)]);
    await learn(two);
    const line = newLine();
    const three = await ensure([phone(`+55119${line}`)]);
    await learnIdentities(db, [{ tenantId: tenant.tenantId, contactId: three, identities: identitiesOfUser({ waId: `5511${line}`, userId: null, parentUserId: null }), at: new Date() }]);
    expect(await identitiesOf(three)).toEqual([phone(`+55119${line}`), waId(`5511${line}`)]);
    await settle();
    expect(await worker.rows('SELECT merged_into FROM contacts WHERE id = $1', [two])).toEqual([{ merged_into: one }]);
  });
});

it('an answer to a send that names the recipient as another contact is known joins the two', async () => {
  const line = newLine();
  const [asked, known] = [await insertContact(worker.pool, tenant.tenantId), await insertContact(worker.pool, tenant.tenantId)];
  await insertIdentity(worker.pool, tenant.tenantId, known.id, 'wa_id', `5511${line}`);
  const messageId = await insertMessage(worker.pool, pairOf(tenant, asked), { state: 'DELIVERED' });
  await learnFromAnswers(db, [{ tenantId: other.tenantId, messageId, waId: `5511${line}` }]);
  await settle();
  expect(await contactOf(`5511${line}`)).toBe(known.id);
  await learnFromAnswers(db, [{ tenantId: tenant.tenantId, messageId, waId: `5511${line}` }]);
  await settle();
  expect(await contactOf(`5511${line}`)).toBe(asked.id);
});

describe('a change of number', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute));

  it('keeps the history, and makes the next owner of the old number another contact', async () => {
    const [before, after] = [newNumber(), newNumber()];
    await worker.receive(text({ waId: before }, 'old number', at(1)));
    const id = await contactOf(before);
    const change = numberChanged(before, after, at(2));
    await worker.receive(change);
    expect(await identitiesOf(id!)).toEqual([phone(`+${after}`), waId(after)]);
    await worker.receive(text({ waId: after }, 'new number', at(3)));
    expect(await bodiesOf(id!)).toEqual(expect.arrayContaining(['old number', 'new number']));
    await worker.receive(text({ waId: before }, 'somebody else', at(30)));
    const next = await contactOf(before);
    expect(next).not.toBe(id);
    expect(await bodiesOf(next!)).toEqual(['somebody else']);
    // The same news once more is none: the number stays with its next owner.
    await worker.receive(change);
    expect([await contactOf(before), await contactOf(after)]).toEqual([next, id]);
  });

  it('ends alike in every order of two changes and the messages around them, each delivered twice', async () => {
    const ends = new Set<string>();
    for (const order of [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [3, 1, 4, 0, 2]]) {
      const [first, second, third] = [newNumber(), newNumber(), newNumber()];
      const events = [
        text({ waId: first }, 'first', at(1)),
        numberChanged(first, second, at(2)),
        text({ waId: second }, 'second', at(3)),
        numberChanged(second, third, at(4)),
        text({ waId: third }, 'third', at(5)),
      ];
      for (const place of order) await worker.receive(events[place]);
      await settle();
      for (const place of order) await worker.receive(events[place]);
      await settle();
      const id = await contactOf(third);
      const bodies = await bodiesOf(id!);
      ends.add(JSON.stringify([bodies, (await identitiesOf(id!)).map(({ value }) => value.replace('+', '') === third), await contactOf(first), await contactOf(second)]));
    }
    expect([...ends]).toEqual([JSON.stringify([['changed', 'changed', 'first', 'second', 'third'], [true, true], undefined, undefined])]);
  });

  it('a new user id replaces the old one, and a new key is noted once', async () => {
    const [number, before, after] = [newNumber(), newUserId(), newUserId()];
    const id = await ensure([bsuid(before), waId(number)]);
    const wamid = uniqueWamid();
    await worker.receive(system(number, { type: 'user_changed_user_id', user_id: after, previous_user_id: before }, at(1)));
    expect(await contactOf(after)).toBe(id);
    expect(await contactOf(before)).toBeUndefined();
    const key = system(number, { type: 'customer_identity_changed' }, at(2), wamid, { identity: { acknowledged: true, created_timestamp: '1', hash: 'DF2l' } });
    await worker.receive(key);
    await worker.receive(key);
    expect(await worker.rows('SELECT identity_changed_at FROM contacts WHERE id = $1', [id])).toEqual([{ identity_changed_at: at(2) }]);
    const events = await worker.rows(`SELECT type, detail ->> 'keyHash' AS hash FROM contact_events WHERE contact_id = $1 ORDER BY id`, [id]);
    expect(events).toEqual([{ type: 'user-id-changed', hash: null }, { type: 'identity-key-changed', hash: 'DF2l' }]);
  });
});

describe('the phone book', () => {
  const entry = (phoneNumber: string, action: string, name: string | null, second: number) => ({
    type: 'contact', action, contact: { phone_number: phoneNumber, ...(name && { full_name: name }) }, metadata: { timestamp: String(1_763_000_000 + second) },
  });
  const book = (...entries: object[]) => ({
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ field: 'smb_app_state_sync', value: { messaging_product: 'whatsapp', metadata: { display_phone_number: '1', phone_number_id: tenant.number.graphId }, state_sync: entries } }] }],
  });
  const namesOf = async (value: string) =>
    (await worker.rows<object>('SELECT name, book_name, profile_name, username FROM contacts WHERE id = $1', [await contactOf(value)]))[0];

  it('names people, ends alike in any order, and leaves what they call themselves', async () => {
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) {
      const number = newNumber();
      const entries = [entry(number, 'add', 'Ana Bar', 1), entry(number, 'remove', null, 2), entry(`+${number}`, 'add', 'Ana Table 4', 3)];
      if (order[0] === 1) await worker.receive(book(...order.map((place) => entries[place]!)));
      for (const place of order) await worker.receive(book(entries[place]!));
      await worker.receive(text({ waId: number, name: 'Anuța', username: '@ana' }));
      expect(await namesOf(number)).toEqual({ name: 'Ana Table 4', book_name: 'Ana Table 4', profile_name: 'Anuța', username: '@ana' });
      await worker.receive(book(entry(number, 'remove', null, 4)));
      expect(await namesOf(number)).toEqual({ name: 'Anuța', book_name: null, profile_name: 'Anuța', username: '@ana' });
    }
  });

  it('of somebody without a name shows the username', async () => {
    const userId = newUserId();
    await worker.receive(envelope(tenant.number.graphId, {
      contacts: [{ profile: { username: 'ana.pop' }, user_id: userId }],
      messages: [{ from_user_id: userId, id: uniqueWamid(), timestamp: seconds(new Date()), type: 'text', text: { body: 'x' } }],
    }));
    expect(await namesOf(userId)).toMatchObject({ name: '@ana.pop', profile_name: null, username: 'ana.pop' });
  });
});

describe('a merge', () => {
  interface Joined extends ContactPair {
    mergeId: string;
  }

  const follow = (mergeId: string) => followMerge(db, { tenantId: tenant.tenantId, id: mergeId }, 20);
  const join = async (fromId: string, intoId: string): Promise<Joined> => {
    const pair = { tenantId: tenant.tenantId, fromId, intoId };
    const { id } = await db.transaction((tx) => mergeContacts(tx, pair, 'spec'));
    await follow(id);
    return { ...pair, mergeId: id };
  };
  const split = async (mergeId: string) => {
    await db.transaction((tx) => splitContact(tx, tenant.tenantId, mergeId, 'spec'));
    await follow(mergeId);
  };
  const standing = (contactId: string) => worker.rows('SELECT purpose::text, status FROM consents WHERE contact_id = $1 ORDER BY purpose', [contactId]);
  const conversations = (contactId: string) =>
    worker.rows('SELECT id, state::text AS state, message_count, unread_count, tags, awaiting_since FROM conversations WHERE contact_id = $1 ORDER BY id', [contactId]);

  async function two() {
    const [from, into] = [await insertContact(worker.pool, tenant.tenantId), await insertContact(worker.pool, tenant.tenantId)];
    return { from, into, fromPair: pairOf(tenant, from), intoPair: pairOf(tenant, into) };
  }

  it('makes one of two open conversations, takes the stricter consent, and a split gives all of it back', async () => {
    const { from, into, fromPair, intoPair } = await two();
    const asked = new Date('2026-11-20T10:00:00Z');
    const a = await insertConversation(worker.pool, fromPair, 5, { tags: ['late'], unread_count: 2, message_count: 3, awaiting_since: asked, state: 'ASSIGNED' });
    const b = await insertConversation(worker.pool, intoPair, 1, { tags: ['vip'], unread_count: 1, message_count: 1, state: 'RESOLVED' });
    const old = await insertConversation(worker.pool, fromPair, 500, { state: 'ARCHIVED', message_count: 1 });
    const sent = { state: 'DELIVERED' as const };
    await insertMessages(worker.pool, fromPair, 3, { ...sent, columns: { conversation_id: a } });
    await insertMessage(worker.pool, fromPair, { ...sent, columns: { conversation_id: old } });
    await insertMessage(worker.pool, intoPair, { ...sent, columns: { conversation_id: b } });
    const queued = await insertMessage(worker.pool, fromPair);
    const waiting = await insertMessage(worker.pool, fromPair, { state: 'WAITING', columns: { wait_cause: 'pair' } });
    for (const [contact, purpose, status] of [[from, 'marketing', 'REVOKED'], [into, 'marketing', 'GRANTED'], [from, 'utility', 'GRANTED'], [into, 'service', 'DENIED'], [from, 'service', 'GRANTED']] as const) {
      await setConsent(worker.pool, tenant.tenantId, contact.id, purpose, status);
    }
    await insertRow(worker.pool, 'contact_tags', { tenant_id: tenant.tenantId, contact_id: from.id, tag: 'terrace' });
    const [beforeA, beforeB] = [await conversations(from.id), await conversations(into.id)];
    const { mergeId } = await join(from.id, into.id);

    expect(await conversations(from.id)).toEqual([]);
    const open = (await conversations(into.id)).filter((one) => (one as { state: string }).state !== 'ARCHIVED');
    expect(open).toEqual([{ id: b, state: 'ASSIGNED', message_count: 4, unread_count: 3, tags: ['late', 'vip'], awaiting_since: asked }]);
    expect(await worker.rows('SELECT conversation_id AS id, count(*)::int AS n FROM messages WHERE contact_id = $1 GROUP BY 1 ORDER BY 2', [into.id])).toEqual([{ id: old, n: 1 }, { id: null, n: 2 }, { id: b, n: 4 }]);
    expect(await worker.rows('SELECT count(*)::int AS n FROM messages WHERE contact_id = $1', [from.id])).toEqual([{ n: 0 }]);
    expect(await standing(into.id)).toEqual([{ purpose: 'marketing', status: 'REVOKED' }, { purpose: 'service', status: 'DENIED' }, { purpose: 'utility', status: 'GRANTED' }]);
    expect(await identitiesOf(into.id)).toHaveLength(4);
    expect(await worker.rows('SELECT tag FROM contact_tags WHERE contact_id = ANY ($1)', [[from.id, into.id]])).toEqual([{ tag: 'terrace' }]);

    await split(mergeId);
    expect(await conversations(from.id)).toEqual(beforeA);
    expect(await conversations(into.id)).toEqual([{ ...beforeB[0], state: 'ASSIGNED', tags: ['late', 'vip'], awaiting_since: asked }]);
    expect(await worker.rows('SELECT count(*)::int AS n FROM messages WHERE contact_id = $1', [from.id])).toEqual([{ n: 6 }]);
    expect(await worker.rows('SELECT count(*)::int AS n FROM messages WHERE contact_id = $1 AND conversation_id = $2', [into.id, b])).toEqual([{ n: 1 }]);
    expect(await worker.rows('SELECT contact_id AS id FROM messages WHERE id = ANY ($1)', [[queued, waiting]])).toEqual([{ id: from.id }, { id: from.id }]);
    expect(await standing(into.id)).toEqual([{ purpose: 'marketing', status: 'GRANTED' }, { purpose: 'service', status: 'DENIED' }]);
    expect(await standing(from.id)).toEqual([{ purpose: 'marketing', status: 'REVOKED' }, { purpose: 'service', status: 'GRANTED' }, { purpose: 'utility', status: 'GRANTED' }]);
    expect(await contactOf(from.phone)).toBe(from.id);
    expect(await worker.rows('SELECT contact_id AS id, tag FROM contact_tags WHERE contact_id = ANY ($1)', [[from.id, into.id]])).toEqual([{ id: from.id, tag: 'terrace' }]);
    await expect(db.transaction((tx) => splitContact(tx, tenant.tenantId, mergeId, 'spec'))).rejects.toMatchObject({ code: 'contact.state-conflict' });
  });

  it('what the person refused while the two were one is refused for both afterwards', async () => {
    const { from, into } = await two();
    for (const { id } of [from, into]) await setConsent(worker.pool, tenant.tenantId, id, 'marketing');
    const { mergeId } = await join(from.id, into.id);
    await setConsent(worker.pool, tenant.tenantId, into.id, 'marketing', 'REVOKED');
    await worker.pool.query('UPDATE consents SET updated_at = now() WHERE contact_id = $1', [into.id]);
    await split(mergeId);
    for (const { id } of [from, into]) expect(await standing(id)).toEqual([{ purpose: 'marketing', status: 'REVOKED' }]);
  });

  it('lets what is just being sent be sent first, and then takes it along with the conversation that it opened', async () => {
    const { from, into, fromPair, intoPair } = await two();
    const held = await insertConversation(worker.pool, fromPair);
    const mine = await insertMessage(worker.pool, fromPair, { state: 'SENDING', columns: { conversation_id: held } });
    await insertMessage(worker.pool, intoPair, { state: 'SENDING' });
    const { mergeId } = await join(from.id, into.id);
    const places = () => worker.rows('SELECT contact_id AS id FROM messages WHERE id = $1', [mine]);
    expect(await places()).toEqual([{ id: from.id }]);
    // An answer that was under way opens a conversation of the old contact once more, and teaches an id.
    const opened = await insertConversation(worker.pool, fromPair, 0, { message_count: 1 });
    const late = await insertMessage(worker.pool, fromPair, { state: 'DELIVERED', columns: { conversation_id: opened } });
    await worker.pool.query(`UPDATE messages SET state = 'ACCEPTED' WHERE id = $1`, [mine]);
    await insertIdentity(worker.pool, tenant.tenantId, from.id, 'wa_id', newNumber());
    await follow(mergeId);
    expect(await places()).toEqual([{ id: into.id }]);
    expect(await worker.rows('SELECT contact_id AS id, conversation_id AS at FROM messages WHERE id = $1', [late])).toEqual([{ id: into.id, at: held }]);
    expect(await worker.rows('SELECT 1 FROM contact_identities WHERE contact_id = $1', [from.id])).toEqual([]);
    await worker.pool.query(`UPDATE contact_merges SET look_at = now(), merged_at = now() - interval '1 hour' WHERE id = $1`, [mergeId]);
    await worker.pool.query(`UPDATE messages SET state = 'ACCEPTED' WHERE contact_id = $1`, [into.id]);
    await settle();
    expect(await worker.rows('SELECT state FROM contact_merges WHERE id = $1', [mergeId])).toEqual([{ state: 'DONE' }]);
  });

  it('of a chain leads every old id to the last contact, and is undone from the last one back', async () => {
    const ids = [];
    for (let at = 0; at < 3; at += 1) ids.push((await insertContact(worker.pool, tenant.tenantId)).id);
    const [a, b, c] = ids as [string, string, string];
    const first = await join(a, b);
    const second = await join(b, c);
    const survivors = () => worker.rows('SELECT id, merged_into AS into FROM contacts WHERE id = ANY ($1) ORDER BY id', [[a, b, c]]);
    expect(await survivors()).toEqual([{ id: a, into: c }, { id: b, into: c }, { id: c, into: null }]);
    await expect(split(first.mergeId)).rejects.toMatchObject({ code: 'contact.state-conflict' });
    await split(second.mergeId);
    expect(await survivors()).toEqual([{ id: a, into: b }, { id: b, into: null }, { id: c, into: null }]);
    await split(first.mergeId);
    expect(await survivors()).toEqual([{ id: a, into: null }, { id: b, into: null }, { id: c, into: null }]);
  });

  it('of the same two from both sides at once is made once', async () => {
    const { from, into } = await two();
    const results = await Promise.allSettled([join(from.id, into.id), join(into.id, from.id)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const gone = await worker.rows('SELECT id FROM contacts WHERE id = ANY ($1) AND merged_into IS NOT NULL', [[from.id, into.id]]);
    expect(gone).toHaveLength(1);
  });

  it('writes to nobody twice in a campaign that had both', async () => {
    const { from, into } = await two();
    const lone = await two();
    const campaign = { tenant_id: tenant.tenantId, name: 'Spring', phone_number_id: tenant.number.id, variants: '[]', schedule: '{}', state: 'SCHEDULED', recipients: 3 };
    const { id: campaignId } = await insertRow<{ id: string }>(worker.pool, 'campaigns', campaign);
    for (const [position, contactId] of [from.id, into.id, lone.from.id].entries()) {
      await insertRow(worker.pool, 'campaign_recipients', { tenant_id: tenant.tenantId, campaign_id: campaignId, position, contact_id: contactId });
    }
    await join(from.id, into.id);
    await join(lone.from.id, lone.into.id);
    const rows = await worker.rows('SELECT contact_id AS id, state FROM campaign_recipients WHERE campaign_id = $1 ORDER BY position', [campaignId]);
    expect(rows).toEqual([{ id: from.id, state: 'SKIPPED' }, { id: into.id, state: 'WAITING' }, { id: lone.into.id, state: 'WAITING' }]);
    expect(await worker.rows('SELECT state, reason, count FROM campaign_tallies WHERE campaign_id = $1', [campaignId])).toEqual([{ state: 'SKIPPED', reason: 'recipient.duplicate', count: 1 }]);
  });

  it('that was undone by people is not made again by a message that names both', async () => {
    const [number, userId] = [newNumber(), newUserId()];
    const [one, two] = [await ensure([waId(number)]), await ensure([bsuid(userId)])];
    const { mergeId } = await join(two, one);
    await split(mergeId);
    await worker.receive(text({ waId: number, userId }));
    await settle();
    expect([await contactOf(number), await contactOf(userId)]).toEqual([one, two]);
  });

  it('that cannot be made stops no other, and is tried again later', async () => {
    const pairs = [await two(), await two()];
    const campaign = { tenant_id: tenant.tenantId, name: 'Full', phone_number_id: tenant.number.id, variants: '[]', schedule: '{}', state: 'SCHEDULED', recipients: 2 };
    const { id: campaignId } = await insertRow<{ id: string }>(worker.pool, 'campaigns', campaign);
    const recipient = (position: number, contactId: string) => insertRow(worker.pool, 'campaign_recipients', { tenant_id: tenant.tenantId, campaign_id: campaignId, position, contact_id: contactId });
    await recipient(0, pairs[0]!.from.id);
    await recipient(1, pairs[0]!.into.id);
    // Its tally cannot grow any more.
    await insertRow(worker.pool, 'campaign_tallies', { tenant_id: tenant.tenantId, campaign_id: campaignId, variant: 0, state: 'SKIPPED', reason: 'recipient.duplicate', count: 2_147_483_647 });
    for (const { from, into } of pairs) {
      await insertRow(worker.pool, 'contact_merges', { tenant_id: tenant.tenantId, from_id: into.id, into_id: from.id, state: 'DUE', actor: 'meta:message' });
    }
    const followed = await settle();
    expect(followed).toMatchObject({ merged: [pairs[1]!.from.id], failed: [{ code: '22003' }] });
    const rows = await worker.rows('SELECT state, look_at > now() AS later FROM contact_merges WHERE into_id = ANY ($1) ORDER BY id', [pairs.map(({ from }) => from.id)]);
    expect(rows).toEqual([{ state: 'DUE', later: true }, { state: 'MOVING', later: true }]);
    await worker.pool.query('DELETE FROM campaign_recipients WHERE campaign_id = $1', [campaignId]);
  });

  it('while messages come in loses none of them, and leaves one open conversation', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [number, another] = [newNumber(), newNumber()];
      await worker.receive(text({ waId: number }, 'a'), text({ waId: another }, 'b'));
      const [from, into] = [(await contactOf(number))!, (await contactOf(another))!];
      const messages = Array.from({ length: 12 }, (_, at) => text({ waId: at % 2 ? number : another }, `m${at}`));
      const [{ mergeId }] = await Promise.all([join(from, into), ...messages.map((message) => worker.receive(message))]);
      // What met the merge halfway comes again as any item does that failed.
      await worker.pool.query(`UPDATE webhook_items SET next_at = now() WHERE state = 'RETRY'`);
      await worker.process();
      await follow(mergeId);
      expect(await bodiesOf(from)).toEqual([]);
      expect(await bodiesOf(into)).toHaveLength(14);
      const open = await worker.rows(`SELECT message_count, unread_count FROM conversations WHERE contact_id = ANY ($1) AND state <> 'ARCHIVED'`, [[from, into]]);
      expect(open).toEqual([{ message_count: 14, unread_count: 14 }]);
    }
  });

  it('does not reach into another tenant', async () => {
    const foreign = { tenantId: other.tenantId, fromId: tenant.contact.id, intoId: other.contact.id };
    await expect(db.transaction((tx) => mergeContacts(tx, foreign, 'spec'))).rejects.toMatchObject({ code: 'contact.not-found' });
    await expect(db.transaction((tx) => splitContact(tx, other.tenantId, randomUUID(), 'spec'))).rejects.toMatchObject({ code: 'resource.not-found' });
  });
});
