import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { JobProducer } from '@parley/queue';
import { MediaStorage } from '@parley/storage';
import { FakeGraph, json, type SeenRequest } from '../support/fake-graph.js';
import { insertContact, insertMessage, insertNumber, insertRow, pairOf, uniqueDigits, type TestNumber, type TestTenant } from '../support/fixtures.js';
import * as files from '../support/media-files.js';
import { waitFor } from '../support/wait-for.js';
import { TestWorker, uniqueWamid } from '../support/worker.js';

interface State {
  state: string;
  reason: string | null;
  attempts: number;
  error_code: number | null;
  error_text: string | null;
}
type Give = (response: ServerResponse) => void;

let worker: TestWorker;
let graph: FakeGraph;
let folder: string;
let tenant: TestTenant;
/** What Meta says to uploads and to sends, in turn; then it takes all. */
let uploads: Give[];
let sends: Give[];

const took: Give = (response) => json(response, 200, { id: uniqueDigits() });
const accepted: Give = (response) => json(response, 200, { messages: [{ id: uniqueWamid() }] });
const refused = (code: number, status = 400): Give => (response) => json(response, status, { error: { code, message: `(#${code}) No`, error_data: { details: 'why' }, type: 'OAuthException', fbtrace_id: 'T1' } });

function answer({ url }: SeenRequest, response: ServerResponse): void {
  if (url.endsWith('/media')) return (uploads.shift() ?? took)(response);
  return (sends.shift() ?? accepted)(response);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-outbound-'));
  graph = await FakeGraph.start(answer);
  worker = await TestWorker.start({ GRAPH_URL: graph.url, STORAGE_FOLDER: folder });
});
afterAll(async () => {
  await worker.stop();
  await graph.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  [uploads, sends] = [[], []];
  tenant = await worker.tenant();
  graph.seen.length = 0;
});

/** A picture that lies in the storage. */
async function media(owner = tenant): Promise<string> {
  const content = files.distinct(files.jpeg());
  const key = `${owner.tenantId}/${randomUUID()}`;
  await worker.app.get(MediaStorage, { strict: false }).put(key, Readable.from([content]));
  const columns = { tenant_id: owner.tenantId, direction: 'OUTBOUND', kind: 'image', state: 'STORED', mime_type: 'image/jpeg', bytes: content.length, file_name: 'cat.jpg', storage_key: key };
  return (await insertRow<{ id: string }>(worker.pool, 'media', { ...columns, sha256: createHash('sha256').update(content).digest() })).id;
}

/** A message with a picture, to a contact of its own. */
async function queue(mediaId: string, number: TestNumber = tenant.number): Promise<string> {
  const contact = await insertContact(worker.pool, tenant.tenantId, { consents: ['utility'] });
  const pair = { ...pairOf(tenant, contact), numberId: number.id };
  const payload = JSON.stringify({ type: 'image', image: { id: mediaId, caption: 'A cat' } });
  const columns = { kind: 'image', payload, recipient: contact.phone, media_ids: [mediaId], max_attempts: 3 };
  const id = await insertMessage(worker.pool, pair, { templateId: tenant.template.id, columns });
  worker.app.get(JobProducer, { strict: false }).wake('number.wake', { numberId: number.id });
  return id;
}

const stateOf = async (id: string): Promise<State> => (await worker.rows<State>('SELECT * FROM messages WHERE id = $1', [id]))[0]!;
const becomes = async (id: string, state: string): Promise<State> => {
  await waitFor(async () => (await stateOf(id)).state === state, 15_000).catch(async () => {
    throw new Error(`It did not become ${state}: ${JSON.stringify(await stateOf(id))}`);
  });
  return stateOf(id);
};
/** Makes what waits due at once. */
const hurry = (id: string) => worker.pool.query(`UPDATE messages SET wait_until = now() WHERE id = $1`, [id]);
const uploaded = (): SeenRequest[] => graph.seen.filter(({ url }) => url.endsWith('/media'));
const posted = (): Record<string, unknown>[] => graph.seen.filter(({ url }) => url.endsWith('/messages')).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
const graphIdOf = async (mediaId: string, number = tenant.number): Promise<string> =>
  (await worker.rows<{ graph_media_id: string }>('SELECT graph_media_id FROM media_uploads WHERE media_id = $1 AND phone_number_id = $2', [mediaId, number.id]))[0]!.graph_media_id;

describe('the media of a message', () => {
  it('go to Meta before it, once for a number, and are named by the id that Meta gave', async () => {
    const [picture, second] = [await media(), await insertNumber(worker.pool, tenant.tenantId, tenant.accountId)];
    await becomes(await queue(picture), 'ACCEPTED');
    const graphId = await graphIdOf(picture);
    expect(posted()).toMatchObject([{ type: 'image', image: { id: graphId, caption: 'A cat' } }]);
    expect(uploaded()).toHaveLength(1);
    expect(uploaded()[0]!.body).toContain('filename="cat.jpg"');
    await becomes(await queue(picture), 'ACCEPTED');
    expect(uploaded()).toHaveLength(1);
    await becomes(await queue(picture, second), 'ACCEPTED');
    expect(uploaded().map(({ url }) => url.split('/')[2])).toEqual([tenant.number.graphId, second.graphId]);
    expect(await graphIdOf(picture, second)).not.toBe(graphId);
  });

  it('go up once for many messages that wait for them together', async () => {
    const picture = await media();
    uploads = [(response) => void setTimeout(() => took(response), 300)];
    const ids = await Promise.all(Array.from({ length: 6 }, () => queue(picture)));
    for (const id of ids) await becomes(id, 'ACCEPTED');
    expect(uploaded()).toHaveLength(1);
    expect(new Set(posted().map(({ image }) => (image as { id: string }).id)).size).toBe(1);
  });

  it('that take long hold up neither their message\'s claim nor other messages of the number', async () => {
    const picture = await media();
    const release = Promise.withResolvers<void>();
    uploads = [(response) => void release.promise.then(() => took(response))];
    const slow = await queue(picture);
    expect(await becomes(slow, 'WAITING')).toMatchObject({ reason: 'media.uploading', attempts: 0 });
    const other = await media();
    await becomes(await queue(other), 'ACCEPTED');
    expect(uploaded()).toHaveLength(2);
    release.resolve();
    await waitFor(async () => (await worker.rows('SELECT 1 FROM media_uploads WHERE media_id = $1', [picture])).length > 0);
    await hurry(slow);
    expect(await becomes(slow, 'ACCEPTED')).toMatchObject({ attempts: 1 });
    expect(uploaded()).toHaveLength(2);
  }, 20_000);

  it('are uploaded anew shortly before Meta forgets them', async () => {
    const picture = await media();
    await insertRow(worker.pool, 'media_uploads', { tenant_id: tenant.tenantId, media_id: picture, phone_number_id: tenant.number.id, graph_media_id: '111', expires_at: new Date(Date.now() + 3_600_000) });
    await becomes(await queue(picture), 'ACCEPTED');
    expect(uploaded()).toHaveLength(1);
    expect(await graphIdOf(picture)).not.toBe('111');
  });
});

describe('a message whose media cannot be had', () => {
  it.each([
    ['Meta has a fault', refused(131016, 500), 'meta.131016', 'refused'],
    ['the connection breaks', (response: ServerResponse) => void response.socket!.destroy(), 'network.unreachable', 'not-sent'],
  ])('waits and is tried again where %s; it was never sent', async (_, give, reason, outcome) => {
    uploads = [give];
    const id = await queue(await media());
    expect(await becomes(id, 'WAITING')).toMatchObject({ reason, attempts: 1 });
    expect(posted()).toEqual([]);
    expect(await worker.rows('SELECT number, outcome, finished_at IS NOT NULL AS over FROM message_attempts WHERE message_id = $1', [id])).toEqual([{ number: 1, outcome, over: true }]);
    await hurry(id);
    expect(await becomes(id, 'ACCEPTED')).toMatchObject({ attempts: 2 });
    expect(posted()).toHaveLength(1);
  });

  it('fails with the words of Meta where Meta refuses the content', async () => {
    uploads = [refused(131053)];
    const id = await queue(await media());
    expect(await becomes(id, 'FAILED')).toMatchObject({ reason: 'meta.131053', error_code: 131053, error_text: expect.stringContaining('why') as unknown });
    expect(posted()).toEqual([]);
    expect(await worker.rows(`SELECT 1 FROM events WHERE resource_id = $1 AND type = 'whatsapp.message_failed'`, [id])).toHaveLength(1);
  });

  it('ends at the number of attempts that its kind has', async () => {
    const id = await queue(await media());
    await becomes(id, 'ACCEPTED');
    uploads = [refused(131016, 500), refused(131016, 500), refused(131016, 500)];
    const unlucky = await queue(await media());
    for (const attempts of [1, 2]) {
      await waitFor(async () => (await stateOf(unlucky)).attempts === attempts);
      await hurry(unlucky);
    }
    expect(await becomes(unlucky, 'FAILED')).toMatchObject({ attempts: 3, reason: 'meta.131016' });
  }, 20_000);

  it('pauses the number where Meta does not accept the token', async () => {
    uploads = [refused(190, 401)];
    const id = await queue(await media());
    expect(await becomes(id, 'WAITING')).toMatchObject({ reason: 'credential.invalid' });
    expect(await worker.rows('SELECT reason FROM holds WHERE tenant_id = $1', [tenant.tenantId])).toEqual([{ reason: 'credential.invalid' }]);
  });

  it.each(['deleted', 'gone from the storage', 'of another tenant'])('fails where the media is %s, and Meta hears nothing', async (how) => {
    const picture = await media(how === 'of another tenant' ? await worker.tenant() : tenant);
    if (how === 'deleted') await worker.pool.query(`UPDATE media SET state = 'FAILED', reason = 'media.deleted', storage_key = NULL WHERE id = $1`, [picture]);
    if (how === 'gone from the storage') await worker.pool.query(`UPDATE media SET storage_key = 'nowhere/at-all' WHERE id = $1`, [picture]);
    expect(await becomes(await queue(picture), 'FAILED')).toMatchObject({ reason: 'media.not-sendable' });
    expect(graph.seen).toEqual([]);
  });
});

describe('an id that Meta no longer knows', () => {
  const knownSince = (picture: string, days: number) =>
    insertRow(worker.pool, 'media_uploads', {
      tenant_id: tenant.tenantId,
      media_id: picture,
      phone_number_id: tenant.number.id,
      graph_media_id: '222',
      created_at: new Date(Date.now() - days * 86_400_000),
      expires_at: new Date(Date.now() + (28 - days) * 86_400_000),
    });

  it.each([100, 131053])('costs one attempt (code %d): the next one uploads the media anew', async (code) => {
    const picture = await media();
    await knownSince(picture, 20);
    sends = [refused(code)];
    const id = await queue(picture);
    expect(await becomes(id, 'WAITING')).toMatchObject({ reason: `meta.${code}`, attempts: 1 });
    expect(uploaded()).toEqual([]);
    await hurry(id);
    await becomes(id, 'ACCEPTED');
    expect(uploaded()).toHaveLength(1);
    expect(posted().map(({ image }) => (image as { id: string }).id)).toEqual(['222', await graphIdOf(picture)]);
  });

  it('is no excuse for an id that is fresh: then the message itself is wrong, and fails', async () => {
    sends = [refused(100)];
    const id = await queue(await media());
    expect(await becomes(id, 'FAILED')).toMatchObject({ reason: 'meta.100', attempts: 1 });
    expect(posted()).toHaveLength(1);
  });
});
