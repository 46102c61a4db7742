import iconv from 'iconv-lite';
import type pg from 'pg';
import { provenTenant } from '@parley/domain';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { insertAccount, insertContact, insertNumber, insertTemplate, insertTenant, openPool, setConsent, uniquePhone } from '../support/fixtures.js';
import { fileForm, formOf, type Form } from '../support/upload-form.js';

const NO_ID = '0199a1b2-0000-7000-8000-00000000dead';

interface Owner extends TestTenant {
  numberId: string;
  accountId: string;
  template: { id: string; name: string; language: string };
}

describe('campaigns over the api', () => {
  let api: TestApi;
  let pool: pg.Pool;
  let own: Owner;
  let other: Owner;

  beforeAll(async () => {
    api = await TestApi.start();
    pool = openPool((await workerDatabase()).system, 4);
    [own, other] = [await owner(), await owner()];
  });
  afterAll(async () => {
    await pool.end();
    await api.stop();
  });

  async function owner(): Promise<Owner> {
    const tenant = await api.tenant();
    const tenantId = provenTenant(tenant.id);
    const accountId = await insertAccount(pool, tenantId);
    const number = await insertNumber(pool, tenantId, accountId);
    return { ...tenant, numberId: number.id, accountId, template: await insertTemplate(pool, tenantId, accountId, { category: 'MARKETING' }) };
  }

  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, tenant: TestTenant = own): Promise<Answer> =>
    api.call(method, `/v1/${path}`, { bearer: tenant.apiKey, ...(body !== undefined && { body }) });
  const draftOf = (tenant: Owner = own, changes: object = {}): object => {
    const parameters = { body: [{ field: 'name', default: 'friend' }] };
    const variants = [{ name: 'A', percent: 100, defaultLocale: 'en', templates: { en: { name: tenant.template.name, parameters } } }];
    return { name: 'Spring menu', numberId: tenant.numberId, variants, ...changes };
  };
  async function draft(tenant: Owner = own, changes: object = {}): Promise<string> {
    const answer = await call('POST', 'campaigns', draftOf(tenant, changes), tenant);
    if (answer.status !== 201) throw new Error(answer.text);
    return String(answer.body['id']);
  }
  const upload = (id: string, form: Form, tenant: TestTenant = own): Promise<Answer> => api.call('POST', `/v1/campaigns/${id}/recipients/file`, { bearer: tenant.apiKey, ...form });
  const csv = (id: string, content: Buffer | string): Promise<Answer> => upload(id, fileForm(Buffer.from(content), 'guests.csv', 'text/csv'));
  const recipients = async (id: string): Promise<Record<string, unknown>[]> => (await call('GET', `campaigns/${id}/recipients?limit=100`)).body['data'] as Record<string, unknown>[];

  describe('a draft', () => {
    it('is made, seen, listed and changed', async () => {
      const id = await draft();
      const seen = await call('GET', `campaigns/${id}`);
      expect(seen).toMatchObject({
        status: 200,
        body: { id, state: 'DRAFT', reason: null, recipients: 0, schedule: { kind: 'now' }, expectedFinishAt: null, progress: { total: 0, waiting: 0, fed: 0, skipped: 0, variants: [{ name: 'A', percent: 100, read: 0 }] } },
      });
      const changes = { name: 'Summer', schedule: { kind: 'local', localTime: '2027-03-28T03:30' }, validSeconds: 3_600 };
      expect((await call('PATCH', `campaigns/${id}`, changes)).body).toMatchObject(changes);
      expect((await call('GET', 'campaigns?state=DRAFT')).body).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ id, name: 'Summer' })]) as unknown });
      expect(JSON.stringify((await call('GET', 'campaigns?state=RUNNING')).body)).not.toContain(id);
    });

    it.each([
      ['percentages', { variants: [{ name: 'A', percent: 60, defaultLocale: 'en', templates: { en: { name: 'x' } } }] }, '/variants'],
      ['a default locale', { variants: [{ name: 'A', percent: 100, defaultLocale: 'ro', templates: { en: { name: 'x' } } }] }, '/variants/0/defaultLocale'],
      ['a variant', { variants: [{ name: 'A', percent: 'all', defaultLocale: 'en', templates: {} }] }, '/variants/0/percent'],
      ['a text', { name: 'a\u0000' }, '/name'],
      ['an instant', { schedule: { kind: 'at', at: 'tomorrow' } }, '/schedule/at'],
      ['a missing instant', { schedule: { kind: 'at' } }, '/schedule/at'],
      ['a superfluous one', { schedule: { kind: 'now', localTime: '2027-03-28T03:30' } }, '/schedule/localTime'],
      ['a day', { schedule: { kind: 'local', localTime: '2027-02-30T03:30' } }, '/schedule/localTime'],
      ['an unknown field', { colour: 'red' }, '/colour'],
    ])('is refused for %s, with the place', async (_, changes, pointer) => {
      const { status, text, body } = await call('POST', 'campaigns', draftOf(own, changes));
      expect([status, text]).toEqual([422, expect.stringContaining(`"${pointer}"`)]);
      expect(['request.invalid', 'text.invalid-character']).toContain(body['code']);
    });

    it('takes no number of another', async () => {
      const foreign = await call('POST', 'campaigns', draftOf(own, { numberId: other.numberId }));
      const missing = await call('POST', 'campaigns', draftOf(own, { numberId: NO_ID }));
      expect(foreign).toMatchObject({ status: 422, body: { code: 'number.not-found' } });
      expect(foreign.body['errors']).toEqual(missing.body['errors']);
    });
  });

  describe('an audience by list', () => {
    it('takes the good ones, each person once, and names every bad one', async () => {
      const id = await draft();
      const phone = uniquePhone();
      const contact = await insertContact(pool, provenTenant(own.id), {});
      const foreign = await insertContact(pool, provenTenant(other.id), {});
      const list = [
        { to: phone, fields: { name: 'Ana' }, locale: 'ro' },
        { to: 'x' },
        { to: phone },
        { contactId: contact.id },
        { to: contact.phone },
        { contactId: foreign.id },
        { contactId: NO_ID },
        'nobody',
        { to: uniquePhone(), timeZone: 'Mars/Base' },
      ];
      const answer = await call('POST', `campaigns/${id}/recipients`, { recipients: list });
      expect(answer).toMatchObject({ status: 200, body: { rows: 9, taken: 2, duplicates: 2, bad: 5 } });
      const problems = answer.body['problems'] as { pointer: string; code: string }[];
      expect(problems.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
        '/recipients/1/to phone.invalid',
        '/recipients/2 recipient.duplicate',
        '/recipients/4 recipient.duplicate',
        '/recipients/5/contactId contact.not-found',
        '/recipients/6/contactId contact.not-found',
        '/recipients/7 recipient.not-one',
        '/recipients/8/timeZone time-zone.unknown',
      ]);
      expect(await recipients(id)).toMatchObject([
        { position: 0, to: phone, contactId: null, locale: 'ro', timeZone: 'Europe/Bucharest', fields: { name: 'Ana' }, state: 'WAITING' },
        { position: 1, to: null, contactId: contact.id },
      ]);
      expect((await call('POST', `campaigns/${id}/recipients`, { recipients: list.slice(0, 1) })).body).toMatchObject({ taken: 0, duplicates: 1 });
    });

    it('takes ten thousand in one call, and no more', async () => {
      const id = await draft();
      const list: object[] = Array.from({ length: 10_000 }, (_, at) => ({ to: `+4073${1_000_000 + at}`, fields: { name: `Guest ${at}` } }));
      list[5] = { to: '+40731000005', fields: { name: 'a\u0000' } };
      const answer = await call('POST', `campaigns/${id}/recipients`, { recipients: list });
      expect(answer).toMatchObject({ status: 200, body: { taken: 9_999, problems: [{ pointer: '/recipients/5', code: 'text.invalid-character' }] } });
      expect((await call('POST', `campaigns/${id}/recipients`, { recipients: [...list, {}] })).status).toBe(422);
    });

    it('keeps positions without gaps when two lists come at once', async () => {
      const id = await draft();
      const lists = Array.from({ length: 4 }, () => Array.from({ length: 50 }, () => ({ to: uniquePhone() })));
      const shared = lists[0]!.slice(0, 10);
      const answers = await Promise.all(lists.map((list) => call('POST', `campaigns/${id}/recipients`, { recipients: [...shared, ...list] })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const { rows } = await pool.query<{ position: number }>('SELECT position FROM campaign_recipients WHERE campaign_id = $1 ORDER BY position', [id]);
      expect(rows.map(({ position }) => position)).toEqual(Array.from({ length: 200 }, (__, at) => at));
      expect((await call('GET', `campaigns/${id}`)).body).toMatchObject({ recipients: 200, progress: { total: 200, waiting: 200 } });
    });

    it('takes a list or a tag, and lets page through it', async () => {
      const id = await draft();
      expect((await call('POST', `campaigns/${id}/recipients`, {})).status).toBe(422);
      expect((await call('POST', `campaigns/${id}/recipients`, { tag: 'x', recipients: [{}] })).status).toBe(422);
      await call('POST', `campaigns/${id}/recipients`, { recipients: Array.from({ length: 5 }, () => ({ to: uniquePhone() })) });
      const first = await call('GET', `campaigns/${id}/recipients?limit=2`);
      expect(first.body).toMatchObject({ hasMore: true, data: [{ position: 0 }, { position: 1 }] });
      const second = await call('GET', `campaigns/${id}/recipients?limit=3&cursor=${String(first.body['nextCursor'])}`);
      expect(second.body).toMatchObject({ hasMore: false, nextCursor: null, data: [{ position: 2 }, { position: 3 }, { position: 4 }] });
      expect((await call('GET', `campaigns/${id}/recipients?cursor=zz`)).status).toBe(422);
      expect((await call('GET', `campaigns/${id}/recipients?state=READ`)).body).toMatchObject({ data: [] });
    });
  });

  describe('an audience by tag', () => {
    it('is all contacts that have the tag, by the clock of their phone', async () => {
      const [tenantId, tag] = [provenTenant(own.id), 'friends of the house'];
      const [one, two, untagged] = [await insertContact(pool, tenantId), await insertContact(pool, tenantId, { phone: '+306912345678' }), await insertContact(pool, tenantId)];
      const path = (contactId: string): string => `contacts/${contactId}/tags/${encodeURIComponent(tag)}`;
      for (const contact of [one, two, untagged, two]) expect((await call('PUT', path(contact.id))).status).toBe(204);
      expect((await call('DELETE', path(untagged.id))).status).toBe(204);
      expect((await call('GET', `contacts?tag=${encodeURIComponent(tag)}`)).body).toMatchObject({ data: [{ id: two.id, tags: [tag] }, { id: one.id, tags: [tag] }] });

      const id = await draft();
      expect((await call('POST', `campaigns/${id}/recipients`, { tag })).body).toMatchObject({ rows: 2, taken: 2, bad: 0 });
      expect(await recipients(id)).toMatchObject([{ contactId: one.id, timeZone: 'Europe/Bucharest' }, { contactId: two.id, timeZone: 'Europe/Athens' }]);
      expect((await call('GET', `campaigns/${id}/recipients/report`)).body).toMatchObject({ source: 'tag', name: tag, state: 'TAKEN', taken: 2 });
    });

    it('is not shared with another: no tag of theirs, and no way to tag their contacts', async () => {
      const theirs = await insertContact(pool, provenTenant(other.id));
      expect((await call('PUT', `contacts/${theirs.id}/tags/secret`, undefined, other)).status).toBe(204);
      const [foreign, missing] = [await call('PUT', `contacts/${theirs.id}/tags/secret`), await call('PUT', `contacts/${NO_ID}/tags/secret`)];
      expect([foreign.status, { ...foreign.body, requestId: '' }]).toEqual([404, { ...missing.body, requestId: '' }]);
      expect((await call('DELETE', `contacts/${theirs.id}/tags/secret`)).status).toBe(404);
      expect((await call('GET', 'contacts?tag=secret')).body).toMatchObject({ data: [] });
      expect((await call('POST', `campaigns/${await draft()}/recipients`, { tag: 'secret' })).body).toMatchObject({ taken: 0 });
      expect((await call('PUT', `contacts/${theirs.id}/tags/${'x'.repeat(64)}`, undefined, other)).status).toBe(422);
    });
  });

  describe('an audience by file', () => {
    it('is read in its encoding, with quotes, duplicates and bad rows told by line', async () => {
      const id = await draft();
      const [ana, radu] = [uniquePhone(), uniquePhone()];
      const text = `Telefon;name;locale\n${ana};"Ştefăniţă; ""Ţepeş""";ro\n\nx;nobody;\n${ana};again;ro\n${radu};Brăila;no locale\n${radu};Timişoara;;too much\n${radu};Radu;ro\n`;
      const answer = await csv(id, iconv.encode(text, 'windows-1250'));
      expect(answer).toMatchObject({
        status: 200,
        body: { state: 'TAKEN', source: 'file', name: 'guests.csv', charset: { name: 'windows-1250', source: 'detected' }, delimiter: ';', rows: 6, taken: 2, duplicates: 1, bad: 3 },
      });
      expect((answer.body['problems'] as { line: number; code: string }[]).map(({ line, code }) => `${line} ${code}`)).toEqual([
        '4 phone.invalid',
        '5 recipient.duplicate',
        '6 locale.invalid',
        '7 row.columns',
      ]);
      expect(await recipients(id)).toMatchObject([{ to: ana, fields: { name: 'Ştefăniţă; "Ţepeş"' } }, { to: radu, fields: { name: 'Radu' } }]);
      expect((await call('GET', `campaigns/${id}/recipients/report`)).body).toEqual(answer.body);
    });

    it.each([
      ['a quote that is not closed', (): Form => fileForm(Buffer.from(`phone\n${uniquePhone()}\n"${uniquePhone()}\n`)), 422, 'csv.invalid'],
      ['no column for the phone', (): Form => fileForm(Buffer.from('name\nAna\n')), 422, 'csv.invalid'],
      ['nothing', (): Form => fileForm(Buffer.alloc(0)), 422, 'csv.invalid'],
      ['an unknown charset', (): Form => formOf({ name: 'charset', content: 'ebcdic' }, { name: 'file', content: 'phone', fileName: 'a' }), 422, 'request.invalid'],
      ['a second file', (): Form => formOf({ name: 'file', content: `phone\n${uniquePhone()}`, fileName: 'a' }, { name: 'charset', content: 'utf-8' }), 422, 'request.invalid'],
      ['a form that is cut', (): Form => ((form) => ({ ...form, raw: form.raw.subarray(0, -30) }))(fileForm(Buffer.from(`phone\n${uniquePhone()}\n${uniquePhone()}\n`))), 400, 'request.malformed'],
    ])('that brings %s leaves nothing', async (_, form, status, code) => {
      const id = await draft();
      await csv(id, `phone\n${uniquePhone()}\n`);
      expect(await upload(id, form())).toMatchObject({ status, body: { code } });
      expect((await call('GET', `campaigns/${id}`)).body).toMatchObject({ state: 'DRAFT', recipients: 1 });
      expect(await recipients(id)).toHaveLength(1);
      // And the next one is taken as if there had been none.
      expect((await csv(id, `phone\n${uniquePhone()}\n`)).body).toMatchObject({ taken: 1 });
      expect((await recipients(id)).map(({ position }) => position)).toEqual([0, 1]);
    });

    it('takes numbers of the country and the column that the form names', async () => {
      const id = await draft();
      const phone = uniquePhone();
      const form = formOf({ name: 'country', content: 'ro' }, { name: 'phoneColumn', content: 'Client' }, { name: 'delimiter', content: 'tab' }, { name: 'file', content: `phone\tclient\noffice\t${phone.replace('+40', '0')}\n`, fileName: 'a.csv' });
      expect((await upload(id, form)).body).toMatchObject({ taken: 1, delimiter: '\t' });
      expect(await recipients(id)).toMatchObject([{ to: phone, fields: { phone: 'office' } }]);
    });

    it('holds off start, lists and other files while it comes; one whose process died is taken out first', async () => {
      const id = await draft();
      await call('POST', `campaigns/${id}/recipients`, { recipients: [{ to: uniquePhone() }] });
      const begin = (until: string) =>
        pool.query(`INSERT INTO campaign_uploads (tenant_id, campaign_id, source, first_position, until) VALUES ($1, $2, 'file', 1, now() + $3::interval)`, [own.id, id, until]);
      await begin('60 seconds');
      await pool.query(`INSERT INTO campaign_recipients (tenant_id, campaign_id, position, phone) VALUES ($1, $2, 1, $3)`, [own.id, id, uniquePhone()]);
      await pool.query('UPDATE campaigns SET recipients = 2 WHERE id = $1', [id]);
      for (const blocked of [await call('POST', `campaigns/${id}/start`), await call('POST', `campaigns/${id}/recipients`, { recipients: [{ to: uniquePhone() }] }), await csv(id, 'phone\n')]) {
        expect(blocked).toMatchObject({ status: 409, body: { code: 'campaign.audience-busy' }, headers: { 'retry-after': expect.any(String) as unknown } });
      }
      await pool.query(`UPDATE campaign_uploads SET until = now() - interval '1 second' WHERE campaign_id = $1`, [id]);
      expect((await call('POST', `campaigns/${id}/start`)).body).toMatchObject({ state: 'RUNNING', recipients: 1 });
      expect((await call('GET', `campaigns/${id}/recipients/report`)).body).toMatchObject({ state: 'UNDONE', taken: 0, problem: 'The upload broke off.' });
    });

    it('is taken in sets, and reports a thousand of its bad rows', async () => {
      const id = await draft();
      const ROWS = 12_000;
      const line = (at: number): string => (at % 10 === 9 ? `bad${at},x,,` : `+4072${String(1_000_000 + at).padStart(7, '0')},"Ana ${at}",ro,`);
      const answer = await csv(id, `phone,name,locale,note\n${Array.from({ length: ROWS }, (_, at) => line(at)).join('\n')}\n`);
      expect(answer).toMatchObject({ status: 200, body: { rows: ROWS, taken: 10_800, bad: 1_200, duplicates: 0, reasons: [{ code: 'phone.invalid', count: 1_200 }] } });
      expect(answer.body['problems']).toHaveLength(1_000);
      expect((await call('GET', `campaigns/${id}`)).body).toMatchObject({ recipients: 10_800, progress: { waiting: 10_800 } });
    }, 30_000);
  });

  describe('steering', () => {
    const act = (id: string, action: string, tenant: TestTenant = own): Promise<Answer> => call('POST', `campaigns/${id}/${action}`, undefined, tenant);
    const withOne = async (changes: object = {}): Promise<string> => {
      const id = await draft(own, changes);
      await call('POST', `campaigns/${id}/recipients`, { recipients: [{ to: uniquePhone() }] });
      return id;
    };

    it('starts only what could send: an audience, a number, and every template with its parameters', async () => {
      const tenantId = provenTenant(own.id);
      const paused = await insertTemplate(pool, tenantId, own.accountId, { status: 'PAUSED' });
      const variants = [{ name: 'A', percent: 100, defaultLocale: 'en', templates: { en: { name: own.template.name }, ro: { name: 'no_such' }, fr: { name: paused.name, language: 'en' } } }];
      const answer = await act(await draft(own, { variants }), 'start');
      expect(answer).toMatchObject({ status: 422, body: { code: 'campaign.not-ready' } });
      expect((answer.body['errors'] as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
        '/recipients audience.empty',
        '/variants/0/templates/en/parameters/body parameter.missing',
        '/variants/0/templates/fr template.not-approved',
        '/variants/0/templates/ro template.not-found',
      ]);
    });

    it('goes from state to state by the table, and answers a repetition like the first', async () => {
      const id = await withOne();
      expect(await act(id, 'pause')).toMatchObject({ status: 409, body: { code: 'campaign.state-conflict', detail: 'The campaign is DRAFT.' } });
      for (const [action, state] of [['start', 'RUNNING'], ['start', 'RUNNING'], ['pause', 'PAUSED'], ['pause', 'PAUSED'], ['resume', 'RUNNING'], ['cancel', 'CANCELLED'], ['cancel', 'CANCELLED']] as const) {
        expect([action, await act(id, action)]).toMatchObject([action, { status: 200, body: { state } }]);
      }
      expect((await call('GET', `campaigns/${id}`)).body).toMatchObject({ progress: { total: 1, waiting: 0, cancelled: 1 }, endedAt: expect.any(String) as unknown });
      expect(await recipients(id)).toMatchObject([{ state: 'CANCELLED' }]);
      for (const refused of [await act(id, 'resume'), await call('PATCH', `campaigns/${id}`, { name: 'x' }), await call('POST', `campaigns/${id}/recipients`, { recipients: [{ to: uniquePhone() }] })]) {
        expect(refused).toMatchObject({ status: 409, body: { code: 'campaign.state-conflict' } });
      }
      expect(await act(await withOne({ schedule: { kind: 'at', at: '2099-01-01T00:00:00Z' } }), 'start')).toMatchObject({ body: { state: 'SCHEDULED' } });
    });

    it('has an end in sight while it runs', async () => {
      const id = await withOne();
      const { body } = await act(id, 'start');
      expect(new Date(String(body['expectedFinishAt'])).getTime()).toBeGreaterThan(Date.now() - 10_000);
    });

    it("shows and moves nobody else's campaign: 404, as for one that never was", async () => {
      const theirs = await draft(other);
      const requests = (id: string) =>
        [
          ['GET', `campaigns/${id}`],
          ['PATCH', `campaigns/${id}`, { name: 'x' }],
          ['GET', `campaigns/${id}/recipients`],
          ['GET', `campaigns/${id}/recipients/report`],
          ['POST', `campaigns/${id}/recipients`, { recipients: [{ to: uniquePhone() }] }],
          ['POST', `campaigns/${id}/recipients`, { tag: 'vip' }],
          ...['start', 'pause', 'resume', 'cancel'].map((action) => ['POST', `campaigns/${id}/${action}`] as const),
        ] as readonly (readonly ['GET' | 'POST' | 'PATCH', string, unknown?])[];
      const [foreign, missing] = [requests(theirs), requests(NO_ID)];
      for (const [at, [method, path, body]] of foreign.entries()) {
        const [one, none] = [await call(method, path, body), await call(method, missing[at]![1], body)];
        expect([path, one.status, { ...one.body, requestId: '' }]).toEqual([path, 404, { ...none.body, requestId: '' }]);
      }
      for (const id of [theirs, NO_ID]) expect(await upload(id, fileForm(Buffer.from('phone\n')))).toMatchObject({ status: 404 });
      expect((await call('GET', `campaigns/${theirs}`, undefined, other)).body).toMatchObject({ state: 'DRAFT', recipients: 0, name: 'Spring menu' });
      expect(JSON.stringify((await call('GET', 'campaigns?limit=100')).body)).not.toContain(theirs);
    });
  });

  it("knows the organisation's clock, which it may set", async () => {
    expect((await call('PATCH', 'tenant', { timeZone: 'Europe/Bucharest' })).body).toMatchObject({ timeZone: 'Europe/Bucharest' });
    expect((await call('PATCH', 'tenant', { timeZone: 'Mars/Base' })).status).toBe(422);
    // What is the organisation's own is not written down for each.
    const id = await draft();
    await call('POST', `campaigns/${id}/recipients`, { recipients: [{ to: uniquePhone() }, { to: '+306912345679' }] });
    expect(await recipients(id)).toMatchObject([{ timeZone: null }, { timeZone: 'Europe/Athens' }]);
  });

  it('needs its scope', async () => {
    const { body } = await call('POST', 'api-keys', { name: 'reader', scopes: ['messages:read', 'messages:write'] });
    const reader = { ...own, apiKey: String(body['key']) };
    expect((await call('GET', 'campaigns', undefined, reader)).status).toBe(403);
    expect((await call('POST', 'campaigns', draftOf(), reader)).status).toBe(403);
  });

  it('writes nothing for a tenant whose id another names', async () => {
    // The fixtures that the other specs rest on: consent is the recipient's own, and tenants share nobody.
    const tenantId = await insertTenant(pool);
    const contact = await insertContact(pool, tenantId, {});
    await setConsent(pool, tenantId, contact.id, 'marketing');
    const id = await draft();
    await call('POST', `campaigns/${id}/recipients`, { recipients: [{ to: contact.phone }] });
    expect(await recipients(id)).toMatchObject([{ contactId: null, to: contact.phone }]);
  });
});
