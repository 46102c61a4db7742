import pg from 'pg';
import { numbersDueForSync, SystemDb } from '@parley/data';
import { GraphClient } from '@parley/graph';
import { CredentialSource, SyncTemplates } from '@parley/messaging';
import { SyncTemplatesProcessor } from '../../apps/worker/src/templates/sync-templates.processor.js';
import { TestApi, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { TestMeta, type MetaAccount } from '../support/meta.js';

const template = (name: string, more: object = {}) => ({
  name,
  language: 'en_US',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Hello {{1}}, see you!', example: { body_text: [['Ana']] } }],
  ...more,
});

describe('templates', () => {
  let api: TestApi;
  let meta: TestMeta;
  let database: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;

  beforeAll(async () => {
    meta = await TestMeta.start();
    api = await TestApi.start({ GRAPH_URL: meta.url });
    database = new pg.Pool({ connectionString: (await workerDatabase()).system, max: 1 });
    [own, other] = [await api.tenant(), await api.tenant()];
  });

  afterAll(async () => {
    await database.end();
    await api.stop();
    await meta.stop();
  });

  async function connected(templates: object[]): Promise<{ numberId: string; account: MetaAccount }> {
    const account = await meta.account({ templates });
    const { body } = await api.call('POST', '/v1/numbers', { bearer: own.apiKey, body: account });
    return { numberId: String(body['id']), account };
  }

  const sync = async (numberId: string) => (await api.call('POST', `/v1/numbers/${numberId}/sync-templates`, { bearer: own.apiKey })).body;
  const list = async (query: string, tenant = own) =>
    (await api.call('GET', `/v1/templates?${query}`, { bearer: tenant.apiKey })).body['data'] as { id: string; name: string; status: string }[];
  const versions = async (numberId: string) =>
    (await database.query<{ name: string; xmin: string }>(
      `SELECT t.name, t.xmin FROM templates t JOIN phone_numbers n ON n.tenant_id = t.tenant_id AND n.account_id = t.account_id WHERE n.id = $1 ORDER BY t.name`,
      [numberId],
    )).rows;

  async function change(account: MetaAccount, name: string, changes: object): Promise<void> {
    const accounts = (await meta.control('GET', 'accounts')) as { wabaId: string; templates: { id: string; name: string }[] }[];
    const found = accounts.find(({ wabaId }) => wabaId === account.wabaId)?.templates.find((one) => one.name === name);
    await meta.control('PUT', `templates/${found?.id}`, changes);
  }

  it('are read to the last page', async () => {
    const { numberId } = await connected(Array.from({ length: 230 }, (_, at) => template(`bulk_${at}`)));
    expect((await versions(numberId)).length).toBe(230);
    const names = new Set<string>();
    let cursor = '';
    do {
      const { body } = await api.call('GET', `/v1/templates?numberId=${numberId}&limit=100${cursor}`, { bearer: own.apiKey });
      for (const { name } of body['data'] as { name: string }[]) names.add(name);
      cursor = body['nextCursor'] === null ? '' : `&cursor=${String(body['nextCursor'])}`;
    } while (cursor);
    expect(names.size).toBe(230);
  });

  it('that did not change are not written, so that caches of them stay valid', async () => {
    const { numberId, account } = await connected([template('same'), template('other')]);
    const before = await versions(numberId);
    expect(await sync(numberId)).toEqual({ synced: 2, added: 0, changed: 0, removed: 0 });
    expect(await versions(numberId)).toEqual(before);
    await change(account, 'other', { status: 'PAUSED' });
    expect(await sync(numberId)).toEqual({ synced: 2, added: 0, changed: 1, removed: 0 });
    const after = await versions(numberId);
    expect(after.map(({ name, xmin }, at) => [name, xmin === before[at]?.xmin])).toEqual([['other', false], ['same', true]]);
  });

  it('tell of their change of status once, and of nothing when they are new', async () => {
    const { numberId, account } = await connected([template('moving')]);
    const [{ id } = { id: '' }] = await list(`numberId=${numberId}`);
    const events = async () =>
      (await database.query<{ type: string }>('SELECT type FROM events WHERE resource_id = $1 ORDER BY xid, id', [id])).rows.map(({ type }) => type);
    expect(await events()).toEqual([]);
    for (const status of ['PAUSED', 'APPROVED', 'REJECTED']) {
      await change(account, 'moving', { status });
      await sync(numberId);
      await sync(numberId);
    }
    expect(await events()).toEqual(['whatsapp.template_paused', 'whatsapp.template_approved', 'whatsapp.template_rejected']);
  });

  it('that Meta lists no longer are switched off with a reason, once', async () => {
    const { numberId, account } = await connected([template('kept'), template('gone')]);
    await change(account, 'gone', { status: 'DELETED' });
    expect(await sync(numberId)).toEqual({ synced: 1, added: 0, changed: 0, removed: 1 });
    expect(await list(`numberId=${numberId}&name=gone`)).toMatchObject([{ status: 'DISABLED', rejectedReason: 'REMOVED' }]);
    expect(await sync(numberId)).toEqual({ synced: 1, added: 0, changed: 0, removed: 0 });
  });

  it('stay as they are when the list breaks off', async () => {
    const { numberId, account } = await connected([template('safe')]);
    await meta.control('POST', 'accounts', {
      wabaId: account.wabaId, name: 'x', token: account.accessToken, tokenState: 'EXPIRED',
      numbers: [{ id: account.phoneNumberId, displayPhoneNumber: '+40 21 555 0100', verifiedName: 'x' }], templates: [],
    });
    const answer = await api.call('POST', `/v1/numbers/${numberId}/sync-templates`, { bearer: own.apiKey });
    expect(answer).toMatchObject({ status: 422, body: { code: 'credential.invalid', meta: { graphCode: 190 } } });
    expect(await list(`numberId=${numberId}`)).toMatchObject([{ name: 'safe', status: 'APPROVED' }]);
  });

  it('are filtered, and say what a send must give', async () => {
    const { numberId } = await connected([template('a_ro', { language: 'ro' }), template('a_us'), template('ad', { category: 'MARKETING' })]);
    const filter = async (query: string) => (await list(`numberId=${numberId}&${query}`)).map(({ name }) => name).sort();
    expect(await filter('language=en-us')).toEqual(['a_us', 'ad']);
    expect(await filter('category=MARKETING')).toEqual(['ad']);
    expect(await filter('status=PAUSED')).toEqual([]);
    expect(await filter('name=a_ro')).toEqual(['a_ro']);
    const [{ id } = { id: '' }] = await list(`numberId=${numberId}&name=a_us`);
    const one = await api.call('GET', `/v1/templates/${id}`, { bearer: own.apiKey });
    expect(one.body).toMatchObject({ name: 'a_us', language: 'en_US', requiredParameters: { header: { kind: 'none' }, body: ['1'], buttons: [] } });
  });

  it('are read again by the job of whichever number of the account is due', async () => {
    const { numberId, account } = await connected([template('aging')]);
    const part = <T>(type: abstract new (...parameters: never[]) => T): T => api.app.get<T>(type, { strict: false });
    const db = part(SystemDb);
    const job = new SyncTemplatesProcessor(db, part(GraphClient), part(SyncTemplates), part(CredentialSource));
    const isDue = async () => (await numbersDueForSync(db, 6)).includes(numberId);
    expect(await isDue()).toBe(false);
    await database.query(`UPDATE phone_numbers SET synced_at = now() - interval '7 hours' WHERE id = $1`, [numberId]);
    expect(await isDue()).toBe(true);
    await change(account, 'aging', { status: 'PAUSED' });
    await job.process({ numberId }, new AbortController().signal);
    expect(await list(`numberId=${numberId}`)).toMatchObject([{ status: 'PAUSED' }]);
    expect(await isDue()).toBe(false);
    await expect(job.process({ numberId: own.id }, new AbortController().signal)).resolves.toBeUndefined();
  });

  it('of others are not there', async () => {
    const { numberId } = await connected([template('mine')]);
    const [{ id } = { id: '' }] = await list(`numberId=${numberId}`);
    expect(await list(`numberId=${numberId}`, other)).toEqual([]);
    const [foreign, none] = await Promise.all(
      [id, '0199a1b2-0000-7000-8000-00000000dead'].map((one) => api.call('GET', `/v1/templates/${one}`, { bearer: other.apiKey })),
    );
    const { requestId: _, ...ofForeign } = foreign!.body;
    const { requestId: __, ...ofNone } = none!.body;
    expect(ofForeign).toEqual(ofNone);
    expect(foreign!.status).toBe(404);
  });

  it.each(['name=%00', 'language=x', 'status=OK', 'numberId=1', 'colour=red'])('refuse the filter %s', async (query) => {
    expect(await api.call('GET', `/v1/templates?${query}`, { bearer: own.apiKey })).toMatchObject({ status: 422, body: { code: 'request.invalid' } });
  });
});
