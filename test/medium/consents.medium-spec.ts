import { createHash } from 'node:crypto';
import iconv from 'iconv-lite';
import pg from 'pg';
import { canonicalJson, provenTenant } from '@parley/domain';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { insertAccount, insertNumber } from '../support/fixtures.js';
import { fileForm, formOf, type Form } from '../support/upload-form.js';

describe('consents and contacts', () => {
  let api: TestApi;
  let own: TestTenant;
  let other: TestTenant;
  let database: pg.Pool;
  let lastPhone = 723_000_000;

  beforeAll(async () => {
    api = await TestApi.start();
    database = new pg.Pool({ connectionString: (await workerDatabase()).system, max: 1 });
    [own, other] = [await api.tenant(), await api.tenant()];
  });

  afterAll(async () => {
    await database.end();
    await api.stop();
  });

  const newPhone = () => `+40${++lastPhone}`;
  const record = (body: object, tenant = own): Promise<Answer> => api.call('POST', '/v1/consents', { bearer: tenant.apiKey, body });
  const get = (url: string, tenant = own): Promise<Answer> => api.call('GET', url, { bearer: tenant.apiKey });
  const granted = { status: 'GRANTED', source: 'form' };
  const numberOf = async ({ id }: TestTenant): Promise<string> => (await insertNumber(database, provenTenant(id), await insertAccount(database, provenTenant(id)))).id;

  it('make an unknown contact, stand, and leave a proof', async () => {
    const phone = newPhone();
    const { status, body } = await record({ phone, purpose: 'utility', evidence: 'booking B-1', ...granted });
    expect(status).toBe(201);
    const { contactId, recordedAt, eventId } = body;
    const one = { contactId, numberId: null, purpose: 'utility', status: 'GRANTED', decidedAt: recordedAt, recordedAt, eventId, stands: true };
    expect(body).toEqual({ ...one, records: [one] });
    expect((await get(`/v1/contacts/${contactId}`)).body).toMatchObject({ identities: [{ kind: 'phone', value: phone }] });
    const standing = { contactId, data: [{ contactId, purpose: 'utility', status: 'GRANTED', eventId }] };
    expect((await get(`/v1/consents?contactId=${contactId}`)).body).toMatchObject(standing);
    expect((await get(`/v1/consents?phone=${encodeURIComponent(phone)}`)).body).toMatchObject(standing);
    const proof = { id: eventId, purpose: 'utility', status: 'GRANTED', source: 'form', evidence: 'booking B-1', messageId: null };
    const history = await get(`/v1/contacts/${contactId}/consents`);
    expect(history.body).toMatchObject({ data: [proof], hasMore: false });
    expect((history.body['data'] as { actor: string }[])[0]?.actor).toMatch(/^key:/);
    const events = await database.query(`SELECT type FROM events WHERE resource_id = $1`, [contactId]);
    expect(events.rows).toEqual([{ type: 'whatsapp.consent_changed' }]);
  });

  it('keep every decision, and let the last one stand', async () => {
    const phone = newPhone();
    for (const status of ['GRANTED', 'REVOKED', 'GRANTED', 'DENIED']) await record({ phone, purpose: 'marketing', status, source: 'till' });
    const { body } = await get(`/v1/consents?phone=${encodeURIComponent(phone)}`);
    expect(body['data']).toMatchObject([{ purpose: 'marketing', status: 'DENIED' }]);
    const first = await get(`/v1/contacts/${body['contactId']}/consents?limit=3`);
    expect(first.body).toMatchObject({ data: [{ status: 'DENIED' }, { status: 'GRANTED' }, { status: 'REVOKED' }], hasMore: true });
    const rest = await get(`/v1/contacts/${body['contactId']}/consents?limit=3&cursor=${first.body['nextCursor']}`);
    expect(rest.body).toMatchObject({ data: [{ status: 'GRANTED' }], hasMore: false, nextCursor: null });
  });

  it('take several purposes at once, and a phone as it is dialled at home', async () => {
    const { body } = await record({ phone: '0723 111 222', country: 'ro', purposes: ['utility', 'marketing'], ...granted });
    expect(body['records']).toMatchObject([{ purpose: 'utility' }, { purpose: 'marketing' }]);
    expect((await get('/v1/contacts?phone=%2B40723111222')).body).toMatchObject({ data: [{ id: body['contactId'] }] });
  });

  it('make one contact of one phone, also when ten come at once', async () => {
    const phone = newPhone();
    const answers = await Promise.all(Array.from({ length: 10 }, () => record({ phone, purpose: 'utility', ...granted })));
    expect(new Set(answers.map(({ status, body }) => `${status} ${String(body['contactId'])}`)).size).toBe(1);
  });

  it('stand by when they were made, not by when they were told, and for one number beside all', async () => {
    const phone = newPhone();
    const numberId = await numberOf(own);
    const later = { phone, purpose: 'marketing', status: 'REVOKED', source: 'call', at: '2026-03-02T10:00:00Z' };
    expect((await record(later)).body).toMatchObject({ stands: true, decidedAt: '2026-03-02T10:00:00.000Z' });
    expect((await record({ ...later, status: 'GRANTED', at: '2026-03-01T10:00:00Z' })).body).toMatchObject({ stands: false });
    expect((await record({ ...later, status: 'GRANTED', numberId, at: undefined })).body).toMatchObject({ stands: true, numberId });
    const { body } = await get(`/v1/consents?phone=${encodeURIComponent(phone)}`);
    expect(body).toMatchObject({ hasMore: false, data: [{ numberId: null, status: 'REVOKED' }, { numberId, status: 'GRANTED' }] });
    expect((await get(`/v1/consents?contactId=${body['contactId']}&status=GRANTED`)).body).toMatchObject({ data: [{ numberId }] });
    expect((await get(`/v1/contacts/${body['contactId']}/consents`)).body['data']).toHaveLength(3);
    const told = await database.query(`SELECT data->>'status' AS status FROM events WHERE resource_id = $1 ORDER BY xid, id`, [body['contactId']]);
    expect(told.rows).toEqual([{ status: 'REVOKED' }, { status: 'GRANTED' }]);
    // The number of another is as missing as one that never was.
    for (const foreign of [await numberOf(other), other.id]) {
      expect(await record({ ...later, numberId: foreign })).toMatchObject({ status: 422, body: { code: 'number.not-found', errors: [{ pointer: '/numberId' }] } });
    }
  });

  it('are listed page by page, by purpose and status, and only the own ones', async () => {
    const [mine, theirs] = [await api.tenant(), await api.tenant()];
    const phones = [newPhone(), newPhone(), newPhone()];
    for (const phone of phones) for (const tenant of [mine, theirs]) await record({ phone, purposes: ['utility', 'marketing'], ...granted }, tenant);
    await record({ phone: phones[1], purpose: 'marketing', status: 'REVOKED', source: 'call' }, mine);
    const contactIds = new Set<unknown>();
    for (let cursor = ''; ; ) {
      const { body } = await get(`/v1/consents?purpose=marketing&limit=2${cursor}`, mine);
      const data = body['data'] as { contactId: string; purpose: string }[];
      expect(body).toMatchObject({ contactId: null });
      for (const { contactId, purpose } of data) contactIds.add(`${contactId} ${purpose}`);
      if (body['hasMore'] !== true) break;
      cursor = `&cursor=${String(body['nextCursor'])}`;
    }
    expect(contactIds.size).toBe(3);
    expect((await get('/v1/consents?status=REVOKED', mine)).body).toMatchObject({ data: [{ purpose: 'marketing', status: 'REVOKED' }], nextCursor: null });
    expect((await get('/v1/consents?status=REVOKED', theirs)).body).toMatchObject({ data: [] });
  });

  describe('of an import', () => {
    const send = (form: Form, tenant = own): Promise<Answer> => api.call('POST', '/v1/consents/import', { bearer: tenant.apiKey, raw: form.raw, headers: form.headers });
    const list = (rows: unknown, tenant = own, more = {}): Promise<Answer> => api.call('POST', '/v1/consents/import', { bearer: tenant.apiKey, body: { rows, ...more } });
    const row = (phone: string, changes: object = {}): object => ({ phone, purpose: 'marketing', status: 'GRANTED', at: '2026-03-01T10:00:00Z', source: 'booking form', evidence: 'B-1', ...changes });

    it('are read from a spreadsheet, the bad rows told by line, and the same file changes nothing', async () => {
      const [ana, ion] = [newPhone(), newPhone()];
      const lines = ['Telefon;Scop;Stare;Data;Sursă;Dovadă;Oraș', `${ana.slice(1)};utility|marketing;GRANTED;2026-03-01;formular;bifă;Brașov`, `12;utility;GRANTED;2026-03-01;formular;;`, '', `${ion};marketing;poate;2026-03-01;formular;;Iași`, `${ion};marketing;REVOKED;2026-03-02T10:00:00+02:00;telefon;;`];
      const file = formOf({ name: 'charset', content: 'windows-1250' }, { name: 'file', content: iconv.encode(lines.join('\r\n').replaceAll('ș', 'ş').replaceAll('Ș', 'Ş'), 'windows-1250'), fileName: 'acorduri.csv' });
      const { status, body } = await send(file);
      expect([status, body]).toEqual([200, {
        rows: 4, recorded: 2, older: 0, known: 0, bad: 2, charset: 'windows-1250', delimiter: ';',
        problems: [{ line: 3, code: 'phone.invalid', text: expect.any(String) as unknown }, { line: 5, code: 'status.invalid', text: expect.any(String) as unknown }],
      }]);
      expect((await get(`/v1/consents?phone=${encodeURIComponent(ana)}`)).body).toMatchObject({ data: [{ purpose: 'marketing', decidedAt: '2026-03-01T00:00:00.000Z' }, { purpose: 'utility' }] });
      expect((await get(`/v1/consents?phone=${encodeURIComponent(ion)}`)).body).toMatchObject({ data: [{ purpose: 'marketing', status: 'REVOKED' }] });
      expect((await send(file)).body).toMatchObject({ rows: 4, recorded: 0, known: 2, bad: 2 });
    });

    it('never overwrite a newer refusal, and keep what they say as a proof', async () => {
      const [phone, stranger] = [newPhone(), newPhone()];
      const { body: refused } = await record({ phone, purpose: 'marketing', status: 'REVOKED', source: 'call' });
      const theirs = await record({ phone, purpose: 'marketing', ...granted }, other);
      const numberId = await numberOf(other);
      const { body } = await list([row(phone), row(stranger), row(stranger, { status: 'DENIED' }), row(newPhone(), { numberId }), 'x', row(phone, { evidence: 'a\u0000b' })]);
      expect(body).toMatchObject({
        rows: 6, recorded: 1, older: 2, bad: 3,
        problems: [{ pointer: '/rows/3', code: 'number.not-found' }, { pointer: '/rows/4', code: 'row.invalid' }, { pointer: '/rows/5', code: 'text.invalid-character' }],
      });
      expect((await get(`/v1/consents?phone=${encodeURIComponent(phone)}`)).body).toMatchObject({ data: [{ status: 'REVOKED', eventId: refused['eventId'] }] });
      // Of two at the same time the refusal counts.
      expect((await get(`/v1/consents?phone=${encodeURIComponent(stranger)}`)).body).toMatchObject({ data: [{ status: 'DENIED' }] });
      expect((await get(`/v1/contacts/${String(refused['contactId'])}/consents`)).body['data']).toMatchObject([{ source: 'booking form', evidence: 'B-1' }, { status: 'REVOKED' }]);
      expect((await get(`/v1/consents?contactId=${String(theirs.body['contactId'])}`, other)).body).toMatchObject({ data: [{ status: 'GRANTED' }] });
    });

    it.each([
      ['no rows', () => list(undefined), 422, 'request.invalid'],
      ['a country that is none', () => list([], own, { country: 'Romania' }), 422, 'request.invalid'],
      ['too many rows', () => list(Array.from({ length: 10_001 }, () => 0)), 413, 'body.too-large'],
      ['a file without its columns', () => send(fileForm(Buffer.from('phone,status\n+40723000111,GRANTED\n'))), 422, 'csv.invalid'],
      ['an empty file', () => send(fileForm(Buffer.from(''))), 422, 'csv.invalid'],
      ['a form without a file', () => send(formOf({ name: 'country', content: 'RO' })), 422, 'request.invalid'],
    ] as const)('are refused as a whole: %s', async (_, sending, status, code) => {
      expect(await sending()).toMatchObject({ status, body: { code } });
    });
  });

  it('are taken back by the words that the tenant settles, which must be words and mean one thing', async () => {
    const put = (value: object): Promise<Answer> => api.call('PUT', '/v1/settings/consent', { bearer: own.apiKey, body: value });
    const value = { scope: 'number', defaultLocale: 'hu', confirm: true, locales: [{ locale: 'hu', stopWords: ['leállít'], stopConfirmation: 'Nem írunk.', startConfirmation: 'Írunk.' }], optOutButtons: ['NO_NEWS'] };
    expect(await put(value)).toMatchObject({ status: 200, body: { section: 'consent', version: 1, value } });
    const wrong = await put({ ...value, locales: [{ locale: 'hu', stopWords: ['Start!', '…'] }] });
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/locales/0/stopWords/0' }, { pointer: '/locales/0/stopWords/1' }, { pointer: '/defaultLocale' }] } });
    expect(await put({ ...value, scope: 'all' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/scope' }] } });
    expect((await get('/v1/settings/consent', other)).body).toMatchObject({ version: 0, value: { scope: 'tenant', locales: [] } });
  });

  it('are proved by a document that says everything, and whose hash anybody can check', async () => {
    const { body } = await record({ phone: newPhone(), purpose: 'utility', evidence: 'bifă în formular', ...granted });
    await record({ phone: ((await get(`/v1/contacts/${String(body['contactId'])}`)).body['identities'] as { value: string }[])[0]!.value, purpose: 'utility', status: 'DENIED', source: 'call' });
    const url = `/v1/contacts/${String(body['contactId'])}/consents/proof`;
    const proof = await get(url);
    expect(proof.headers['content-disposition']).toBe(`attachment; filename="consent-proof-${String(body['contactId'])}.json"`);
    const { sha256, ...document } = proof.body;
    expect(document).toMatchObject({
      format: 'parley.consent-proof.v1',
      contact: { id: body['contactId'], identities: [{ kind: 'phone' }], merged: [] },
      standing: [{ purpose: 'utility', status: 'DENIED', numberId: null }],
      events: [{ status: 'GRANTED', evidence: 'bifă în formular', source: 'form', message: null }, { status: 'DENIED', source: 'call' }],
    });
    expect(createHash('sha256').update(canonicalJson(document)).digest('hex')).toBe(sha256);
    expect((await get(url)).text).toBe(proof.text);
    expect((await get(url, other)).status).toBe(404);
  });

  it("are each tenant's own, for the same phone", async () => {
    const phone = newPhone();
    const { body } = await record({ phone, purpose: 'utility', ...granted });
    const missing = await get(`/v1/consents?phone=${encodeURIComponent(newPhone())}`, other);
    for (const url of [`/v1/consents?phone=${encodeURIComponent(phone)}`, `/v1/consents?contactId=${body['contactId']}`, `/v1/contacts/${body['contactId']}`, `/v1/contacts/${body['contactId']}/consents`]) {
      const { requestId: _, ...foreign } = (await get(url, other)).body;
      const { requestId: __, ...none } = missing.body;
      expect(foreign).toEqual(none);
    }
    const theirs = await record({ phone, purpose: 'utility', status: 'REVOKED', source: 'call' }, other);
    expect(theirs.body['contactId']).not.toBe(body['contactId']);
    expect((await get(`/v1/consents?contactId=${body['contactId']}`)).body).toMatchObject({ data: [{ status: 'GRANTED' }] });
  });

  it.each([
    [{ phone: '0723111222', purpose: 'utility' }, 400, 'phone.invalid', '/phone'],
    [{ phone: '+40723111222' }, 422, 'request.invalid', '/purpose'],
    [{ phone: '+40723111222', purpose: 'utility', purposes: ['marketing'] }, 422, 'request.invalid', '/purpose'],
    [{ phone: '+40723111222', purpose: 'everything' }, 422, 'request.invalid', '/purpose'],
    [{ phone: '+40723111222', purposes: [] }, 422, 'request.invalid', '/purposes'],
    [{ phone: '+40723111222', purpose: 'utility', status: 'YES' }, 422, 'request.invalid', '/status'],
    [{ phone: '+40723111222', purpose: 'utility', evidence: 'a\u0000b' }, 422, 'text.invalid-character', '/evidence'],
    [{ phone: '+40723111222', purpose: 'utility', source: 'half \ud83d pair' }, 422, 'text.invalid-character', '/source'],
    [{ phone: '+40723111222', purpose: 'utility', at: '2999-01-01T00:00:00Z' }, 422, 'request.invalid', '/at'],
    [{ phone: '+40723111222', purpose: 'utility', at: '2026-03-01T10:00:00' }, 422, 'request.invalid', '/at'],
  ])('refuse %j', async (body, status, code, pointer) => {
    const answer = await record({ ...granted, ...body });
    expect(answer).toMatchObject({ status, body: { code, errors: [{ pointer }] } });
  });

  it("let a tenant's own name and id of a contact be changed and cleared, and nobody else's", async () => {
    const { body } = await record({ phone: newPhone(), purpose: 'utility', ...granted });
    const url = `/v1/contacts/${body['contactId']}`;
    const change = (tenant: TestTenant, changes: object) => api.call('PATCH', url, { bearer: tenant.apiKey, body: changes });
    expect((await change(own, { name: 'Ana', customerId: 'C-1' })).body).toMatchObject({ name: 'Ana', customerId: 'C-1' });
    expect((await change(other, { name: 'Eve' })).status).toBe(404);
    expect((await get('/v1/contacts?customerId=C-1')).body).toMatchObject({ data: [{ name: 'Ana' }] });
    expect((await change(own, { customerId: null })).body).toMatchObject({ name: 'Ana', customerId: null });
    expect(await change(own, { name: '\u0000' })).toMatchObject({ status: 422, body: { code: 'text.invalid-character' } });
    expect(await get('/v1/contacts?customerId=%00')).toMatchObject({ status: 422, body: { code: 'text.invalid-character' } });
  });
});
