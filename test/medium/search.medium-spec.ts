import type pg from 'pg';
import { noteTextChanges, SystemDb } from '@parley/data';
import { provenTenant } from '@parley/domain';
import { Metrics } from '@parley/platform';
import { IndexMessages } from '../../apps/worker/src/search/index-messages.js';
import { TestApi, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { insertAccount, insertContact, insertConversation, insertInbound, insertNumber, openPool, type Columns, type TestPair } from '../support/fixtures.js';
import { waitFor } from '../support/wait-for.js';

interface Found {
  message: { id: string; displayContent: string };
  highlights: { field: string; from: number; to: number }[];
}

describe('search', () => {
  let api: TestApi;
  let database: pg.Pool;
  let app: pg.Pool;
  let db: SystemDb;
  let indexing: IndexMessages;
  let own: TestTenant;
  let other: TestTenant;
  let pair: TestPair;
  let conversationId: string;

  beforeAll(async () => {
    api = await TestApi.start();
    const urls = await workerDatabase();
    [database, app] = [openPool(urls.system, 3), openPool(urls.app, 1)];
    db = new SystemDb(database);
    indexing = new IndexMessages(db, api.app.get(Metrics));
    other = await api.tenant();
  });
  beforeEach(async () => {
    own = await api.tenant();
    pair = await pairFor(own);
    conversationId = await insertConversation(database, pair);
  });
  afterAll(async () => {
    await Promise.all([database.end(), app.end()]);
    await api.stop();
  });

  async function pairFor({ id }: TestTenant): Promise<TestPair> {
    const tenantId = provenTenant(id);
    const number = await insertNumber(database, tenantId, await insertAccount(database, tenantId));
    return { tenantId, numberId: number.id, contactId: (await insertContact(database, tenantId)).id };
  }

  async function tell(id: string, type = 'whatsapp.message_received', of: TestPair = pair): Promise<void> {
    await database.query(`INSERT INTO events (tenant_id, type, resource_type, resource_id, data) VALUES ($1, $2, 'message', $3, '{}')`, [of.tenantId, type, id]);
  }

  /** A customer's message that an event tells of. */
  async function say(text: string, columns: Columns = {}, of: TestPair = pair, conversation = conversationId): Promise<string> {
    const id = await insertInbound(database, of, conversation, { display_content: text, ...columns });
    await tell(id, undefined, of);
    return id;
  }

  /** Indexes until everything said so far is known; transactions of other specs may hold the end back. */
  const index = () =>
    waitFor(async () => {
      await indexing.run(new AbortController().signal);
      return (await indexing.lagSeconds()) === 0;
    });

  const search = (q: string, more = '', tenant = own) => api.call('GET', `/v1/messages/search?q=${encodeURIComponent(q)}${more}`, { bearer: tenant.apiKey });
  const found = async (q: string, more = '', tenant = own) => (await search(q, more, tenant)).body['data'] as Found[];
  const lines = async (q: string, more?: string, tenant?: TestTenant) => (await found(q, more, tenant)).map(({ message }) => message.displayContent);

  it('finds words whatever their case and diacritics, by their beginning, as phrases, and shows where', async () => {
    await say('O masă pentru patru, la Șura Veche');
    await say('Masa e gata', { created_at: new Date(Date.now() - 60_000) });
    await say('Pizza cu ton');
    await index();
    expect(await lines('masa')).toEqual(['O masă pentru patru, la Șura Veche', 'Masa e gata']);
    expect(await lines('SURA mas')).toEqual(['O masă pentru patru, la Șura Veche']);
    expect(await lines('"pentru patru"')).toHaveLength(1);
    expect(await lines('"patru pentru"')).toEqual([]);
    expect(await lines('gata OR pizza')).toHaveLength(2);
    expect(await lines('masa -gata')).toHaveLength(1);
    const [hit] = await found('patru șură');
    expect(hit!.highlights.map(({ field, from, to }) => [field, hit!.message.displayContent.slice(from, to)])).toEqual([['displayContent', 'patru'], ['displayContent', 'Șura']]);
  });

  it('finds captions, names, orders, what was said in a voice note, and the end of a long text', async () => {
    const long = `${'Bună '.repeat(70)}aubergine`;
    await database.query(`UPDATE contacts SET name = 'Ștefania Pop' WHERE tenant_id = $1`, [pair.tenantId]);
    await say('[image] Meniul de azi', { kind: 'image' });
    const voice = await say('[voice message]', { kind: 'audio' });
    await say('da', { order_id: 'A-1042' });
    await say(`${long.slice(0, 298)}…`, { content: JSON.stringify({ body: long }) });
    await index();
    expect(await lines('meniul')).toEqual(['[image] Meniul de azi']);
    expect(await lines('image')).toEqual([]);
    expect(await lines('A-1042')).toEqual(['da']);
    expect(await lines('A-10')).toEqual(['da']);
    expect(await lines('aubergine')).toHaveLength(1);
    expect(await lines('stefania')).toHaveLength(4);
    await database.query(`UPDATE messages SET transcript = 'Vreau o masă pe terasă' WHERE id = $1`, [voice]);
    await db.transaction((tx) => noteTextChanges(tx, [{ tenantId: pair.tenantId, id: voice }]));
    await index();
    const [hit] = await found('terasa');
    expect(hit).toMatchObject({ transcript: 'Vreau o masă pe terasă', message: { id: voice }, highlights: [{ field: 'transcript', from: 16, to: 22 }] });
  });

  it('knows the new text of an edited message, and nothing of one that was taken back', async () => {
    const [edited, revoked] = [await say('la opt'), await say('secret')];
    await index();
    expect([await lines('opt'), await lines('secret')]).toEqual([['la opt'], ['secret']]);
    await database.query(`UPDATE messages SET display_content = 'la noua', edited_at = now() WHERE id = $1`, [edited]);
    await database.query(`UPDATE messages SET display_content = '[message deleted]', revoked_at = now() WHERE id = $1`, [revoked]);
    await tell(edited, 'whatsapp.message_edited');
    await tell(revoked, 'whatsapp.message_revoked');
    await index();
    expect([await lines('opt'), await lines('noua'), await lines('secret'), await lines('deleted')]).toEqual([[], ['la noua'], [], []]);
  });

  it('indexes a set once more without a trace, and the messages of a history', async () => {
    const id = await say('iterum');
    await index();
    await tell(id);
    const past = await insertInbound(database, pair, conversationId, { display_content: 'iterum olim', created_at: new Date('2026-03-01T10:00:00Z') });
    await database.query(`INSERT INTO events (tenant_id, type, resource_type, resource_id, data) VALUES ($1, 'whatsapp.history_stored', 'number', $2, json_build_object('messageIds', ARRAY[$3::uuid]))`, [pair.tenantId, pair.numberId, past]);
    await index();
    expect(await lines('iterum')).toEqual(['iterum', 'iterum olim']);
    const { rows } = await database.query('SELECT texts FROM message_text_slices WHERE tenant_id = $1', [pair.tenantId]);
    expect(rows).toEqual([{ texts: 1 }, { texts: 1 }]);
    expect(await lines('iterum', '&from=2026-06-01T00:00:00Z')).toEqual(['iterum']);
    expect(await lines('iterum', '&to=2026-06-01T00:00:00Z')).toEqual(['iterum olim']);
  });

  it('goes on from page to page, newest first, and narrows by number and contact', async () => {
    const stranger = (await insertContact(database, pair.tenantId)).id;
    const at = (minutes: number) => ({ created_at: new Date(Date.UTC(2026, 4, 31, 23, 58 + minutes)) });
    for (const minutes of [0, 1, 2, 3]) await say(`pagina ${minutes}`, at(minutes));
    await say('pagina straina', at(4), { ...pair, contactId: stranger });
    await index();
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await search('pagina', `&limit=2${cursor}`);
      seen.push(...(body['data'] as Found[]).map(({ message }) => message.displayContent));
      if (!body['hasMore']) break;
      cursor = `&cursor=${String(body['nextCursor'])}`;
      // What comes in meanwhile is newer, and moves nothing.
      if (seen.length === 2) await say('pagina noua').then(index);
    }
    expect(seen).toEqual(['pagina straina', 'pagina 3', 'pagina 2', 'pagina 1', 'pagina 0']);
    expect(await lines('pagina', `&contactId=${stranger}`)).toEqual(['pagina straina']);
    expect(await lines('pagina', `&numberId=${stranger}`)).toEqual([]);
  });

  it('looks through the newest texts where a beginning could be too many words', async () => {
    for (let from = 0; from < 70; from += 35) await say(Array.from({ length: 35 }, (_, at) => `zz${from + at}`).join(' '));
    await say('alt zzz');
    await index();
    expect(await lines('zz')).toHaveLength(3);
    expect(await lines('alt zz')).toEqual(['alt zzz']);
    expect(await lines('alt OR zz')).toHaveLength(3);
  });

  it('says how far it came when its time is over, and goes on from there', async () => {
    for (const month of [0, 1, 2]) await say('rara', { created_at: new Date(Date.UTC(2026, month, 10)) });
    await index();
    // As if each of them were full: small ones are looked into together.
    await database.query('UPDATE message_text_slices SET texts = 4096 WHERE tenant_id = $1', [pair.tenantId]);
    const client = await app.connect();
    const impatient = (slice: string) =>
      client.query<{ ids: string[]; reached: string | null }>(
        `SELECT message_ids AS ids, reached FROM search_message_texts('rara', NULL, NULL, NULL, '1970-01-01', '9000-01-01', $1, '1970-01-01', $2, 10, 0)`,
        [slice, '00000000-0000-0000-0000-000000000000'],
      );
    await client.query(`SELECT set_config('app.tenant_id', $1, false)`, [own.id]);
    const first = (await impatient('9007199254740991')).rows[0]!;
    const second = (await impatient(first.reached!)).rows[0]!;
    const third = (await impatient(second.reached!)).rows[0]!;
    client.release(true);
    // One slice each, the newest first; a place at the end of a slice holds nothing of it any more.
    expect([first.ids.length, second.ids.length, third.ids.length]).toEqual([1, 0, 0]);
    expect(Number(first.reached)).toBeGreaterThan(0);
    expect(await found('rara')).toHaveLength(3);
  });

  it('finds conversations by what was said in them, each once, with the filters of the list', async () => {
    const second = await insertContact(database, pair.tenantId);
    const elsewhere = { ...pair, contactId: second.id };
    const resolved = await insertConversation(database, elsewhere, 0, { state: 'RESOLVED', resolved_at: new Date() });
    const at = (second: number) => ({ created_at: new Date(Date.UTC(2026, 9, 1, 10, 0, second)) });
    await say('botez unu', at(1));
    await say('botez doi', at(2), elsewhere, resolved);
    await say('botez trei', at(3));
    await index();
    const ids = async (more: string, tenant = own) =>
      ((await api.call('GET', `/v1/conversations?q=botez${more}`, { bearer: tenant.apiKey })).body['data'] as { id: string }[]).map(({ id }) => id);
    expect(await ids('')).toEqual([conversationId, resolved]);
    expect(await ids('&state=RESOLVED,ARCHIVED')).toEqual([resolved]);
    const first = await api.call('GET', '/v1/conversations?q=botez&limit=1', { bearer: own.apiKey });
    expect(first.body).toMatchObject({ hasMore: true, searchedBack: null });
    expect(await ids(`&limit=1&cursor=${String(first.body['nextCursor'])}`)).toEqual([resolved]);
    expect(await ids('', other)).toEqual([]);
  });

  it('shows a tenant nothing of another, by the search or by the tables', async () => {
    await say('taina');
    await index();
    expect(await lines('taina')).toEqual(['taina']);
    expect(await lines('taina', '', other)).toEqual([]);
    const client = await app.connect();
    const count = async (sql: string) => (await client.query(sql)).rowCount;
    const direct = `SELECT FROM search_message_texts('taina', NULL, NULL, NULL, '1970-01-01', '9000-01-01', 9007199254740991, '9000-01-01', '${pair.numberId}', 10, 25) f, unnest(f.message_ids)`;
    const tables = ['message_texts', 'message_text_slices', 'message_words'];
    const seen: unknown[] = [];
    for (const tenant of [own.id, other.id, '']) {
      await client.query(`SELECT set_config('app.tenant_id', $1, false)`, [tenant]);
      const rows: (number | null)[] = [];
      for (const table of tables) rows.push(await count(`SELECT FROM ${table} WHERE tenant_id = '${own.id}'`));
      seen.push([await count(direct), rows.map((one) => one! > 0)]);
    }
    client.release(true);
    const [all, none] = [[true, true, true], [false, false, false]];
    expect(seen).toEqual([[1, all], [0, none], [0, none]]);
  });

  it('indexes nothing for a tenant that names the message of another', async () => {
    const foreign = await pairFor(other);
    const id = await insertInbound(database, foreign, await insertConversation(database, foreign), { display_content: 'strain' });
    await tell(id);
    await db.transaction((tx) => noteTextChanges(tx, [{ tenantId: pair.tenantId, id }]));
    await index();
    expect([await lines('strain'), await lines('strain', '', other)]).toEqual([[], []]);
    expect((await database.query('SELECT FROM message_texts WHERE message_id = $1', [id])).rowCount).toBe(0);
    expect((await database.query('SELECT FROM message_text_changes WHERE message_id = $1', [id])).rowCount).toBe(0);
  });

  it.each(['q=', 'q=%F0%9F%8D%95', 'q=-a', 'cursor=x&q=a', 'q=a&from=yesterday'])('refuses ?%s', async (query) => {
    const answer = await api.call('GET', `/v1/messages/search?${query}`, { bearer: own.apiKey });
    expect(answer).toMatchObject({ status: 422, body: { code: 'request.invalid', errors: [{ pointer: `/${query.startsWith('q=a&') ? 'from' : query.split('=')[0]}` }] } });
  });
});
