import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimMedia, mediaIsDue, setBackFetch, SystemDb } from '@parley/data';
import { Metrics, ShutdownSteps } from '@parley/platform';
import { FetchMedia } from '../../apps/worker/src/media/fetch-media.js';
import { setChain } from '../support/automations.js';
import { FakeGraph, json, type SeenRequest } from '../support/fake-graph.js';
import { uniqueDigits, uniquePhone, type TestTenant } from '../support/fixtures.js';
import * as files from '../support/media-files.js';
import { waitFor } from '../support/wait-for.js';
import { envelope, TestWorker, TOKEN, uniqueWamid } from '../support/worker.js';

interface MediaRow {
  id: string;
  kind: string;
  state: string;
  reason: string | null;
  mime_type: string | null;
  bytes: string | null;
  sha256: Buffer | null;
  storage_key: string | null;
  file_name: string | null;
  attempts: number;
  next_at: Date | null;
  days: number;
}

const NEVER = new AbortController().signal;
const sha256 = (content: Buffer): Buffer => createHash('sha256').update(content).digest();

let worker: TestWorker;
let graph: FakeGraph;
let folder: string;
let tenant: TestTenant;
/** What Meta has under an id, and how it gives it. */
const atMeta = new Map<string, { content: Buffer; sha256?: string; give?: (response: ServerResponse, content: Buffer) => void }>();

function answer({ url }: SeenRequest, response: ServerResponse, incoming: IncomingMessage): void {
  const [, path = ''] = /^\/v[\d.]+\/(\d+)/.exec(url) ?? [];
  const named = path === '' ? (new URL(url, graph.url).searchParams.get('mid') ?? '') : path;
  const file = atMeta.get(named);
  if (!file) return json(response, 400, { error: { code: 100, error_subcode: 33, message: 'Unsupported get request', type: 'GraphMethodException' } });
  if (incoming.headers.authorization !== `Bearer ${TOKEN}`) return json(response, 401, { error: { code: 190, message: 'Invalid token' } });
  if (path !== '') {
    const node = { id: path, url: `${graph.url}/attachments?mid=${path}`, mime_type: 'x/y', sha256: file.sha256 ?? sha256(file.content).toString('hex') };
    return json(response, 200, { messaging_product: 'whatsapp', ...node });
  }
  if (file.give) return file.give(response, file.content);
  response.writeHead(200, { 'content-type': 'application/x-lie', 'content-length': file.content.length }).end(file.content);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-inbound-'));
  graph = await FakeGraph.start(answer);
  // The poll is far away: what happens here is woken or asked for by hand.
  worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000', GRAPH_URL: graph.url, STORAGE_FOLDER: folder });
});
afterAll(async () => {
  await worker.stop();
  await graph.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  tenant = await worker.tenant({ echo_enabled: false });
});

interface Sent {
  readonly graphMediaId: string;
  readonly wamid: string;
  readonly body: unknown;
}

/** A customer's message with a file, as Meta's webhook brings it; Meta has the file unless it is told otherwise. */
function message(kind: string, content: Buffer, fields: Record<string, unknown> = {}, at = Math.floor(Date.now() / 1_000)): Sent {
  const [graphMediaId, wamid, phone] = [uniqueDigits(), uniqueWamid(), uniquePhone().slice(1)];
  atMeta.set(graphMediaId, { content });
  const file = { id: graphMediaId, mime_type: 'image/jpeg', sha256: sha256(content).toString('base64'), ...fields };
  const contacts = [{ profile: { name: 'Ana' }, wa_id: phone }];
  const messages = [{ from: phone, id: wamid, timestamp: String(at), type: kind, [kind]: file }];
  return { graphMediaId, wamid, body: envelope(tenant.number.graphId, { contacts, messages }) };
}

const mediaOf = async ({ graphMediaId }: Sent): Promise<MediaRow> =>
  (await worker.rows<MediaRow>(`SELECT *, (extract(epoch FROM fetch_until - now()) / 86400)::float8 AS days FROM media WHERE graph_media_id = $1`, [graphMediaId]))[0]!;
const reaches = async (sent: Sent, state: string): Promise<MediaRow> => {
  await waitFor(async () => (await mediaOf(sent)).state === state);
  return mediaOf(sent);
};
/** Makes it due again and waits for the end of the attempt. */
async function again(sent: Sent): Promise<MediaRow> {
  const { attempts } = await mediaOf(sent);
  await worker.pool.query(`UPDATE media SET next_at = now() WHERE graph_media_id = $1`, [sent.graphMediaId]);
  await worker.app.get(FetchMedia, { strict: false }).run(NEVER);
  return attempted(sent, attempts + 1);
}
async function attempted(sent: Sent, attempts = 1): Promise<MediaRow> {
  // A claim moves the next attempt five minutes away; its end brings it nearer, or ends it.
  await waitFor(async () => {
    const row = await mediaOf(sent);
    return row.attempts >= attempts && (row.state !== 'PENDING' || row.next_at!.getTime() < Date.now() + 200_000);
  });
  return mediaOf(sent);
}
const stored = async (): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);

describe('media that a customer sends', () => {
  it('are written with their message and then fetched, checked and kept', async () => {
    const content = files.distinct(files.pdf());
    const sent = message('document', content, { filename: 'comandă\0.pdf', mime_type: 'text/html' });
    await worker.receive(sent.body);
    const row = await reaches(sent, 'STORED');
    expect(row).toMatchObject({ kind: 'document', mime_type: 'application/pdf', bytes: String(content.length), file_name: 'comandă.pdf', attempts: 1, next_at: null });
    expect(row.sha256!.equals(sha256(content))).toBe(true);
    expect(row.days).toBeGreaterThan(6.9);
    expect((await readFile(join(folder, row.storage_key!))).equals(content)).toBe(true);
    const messages = await worker.rows(`SELECT media_ids FROM messages WHERE wamid = $1`, [sent.wamid]);
    expect(messages).toEqual([{ media_ids: [row.id] }]);
    expect((await worker.app.get(Metrics, { strict: false }).render()).body).toMatch(/whatsapp_media_downloads_total\{status="success"\} \d/);
  });

  it('are one, and fetched once, however often the webhook comes', async () => {
    const sent = message('image', files.distinct(files.jpeg()));
    await Promise.all(Array.from({ length: 5 }, () => worker.receive(sent.body)));
    await reaches(sent, 'STORED');
    expect(await worker.rows('SELECT id FROM media WHERE graph_media_id = $1', [sent.graphMediaId])).toHaveLength(1);
    expect(graph.seen.filter(({ url }) => url.includes(`mid=${sent.graphMediaId}`))).toHaveLength(1);
  });

  it('of two messages in one webhook that name the same file are one', async () => {
    const sent = message('image', files.distinct(files.jpeg()));
    const parts = (sent.body as { entry: { changes: { value: { messages: Record<string, unknown>[] } }[] }[] }).entry[0]!.changes[0]!.value;
    parts.messages.push({ ...parts.messages[0]!, id: uniqueWamid() });
    await worker.receive(sent.body);
    const { id } = await reaches(sent, 'STORED');
    expect(await worker.rows('SELECT id FROM messages WHERE $1 = ANY (media_ids)', [id])).toHaveLength(2);
  });

  it('come without a wake-up too: whoever looks finds them', async () => {
    const sent = message('image', files.distinct(files.jpeg()));
    await worker.receive(sent.body);
    await reaches(sent, 'STORED');
    await worker.pool.query(`UPDATE media SET state = 'PENDING', storage_key = NULL, next_at = now() WHERE graph_media_id = $1`, [sent.graphMediaId]);
    expect(await mediaIsDue(worker.app.get(SystemDb, { strict: false }))).toBe(true);
    expect((await again(sent)).state).toBe('STORED');
    expect(await mediaIsDue(worker.app.get(SystemDb, { strict: false }))).toBe(false);
  });
});

it.each([
  ['kept', files.distinct(files.opus()), 'not-configured'],
  ['of no use', files.program(), 'media-failed'],
])('a step of automatic answers that waits for a file goes on as soon as it is %s', async (_, content, reason) => {
  await setChain(worker, tenant, [{ id: 'voice', type: 'transcribe', enabled: true }]);
  const sent = message('audio', content, { mime_type: 'audio/ogg; codecs=opus', voice: true });
  let give: () => void = () => {};
  const asked = new Promise<void>((resolve) => (give = resolve));
  atMeta.set(sent.graphMediaId, { content, give: (response) => void asked.then(() => response.end(content)) });
  await worker.receive(sent.body);
  const run = async () => (await worker.rows<{ state: string; reason: string | null }>('SELECT state, reason FROM automation_runs WHERE tenant_id = $1', [tenant.tenantId]))[0];
  await waitFor(async () => (await run())?.state === 'WAITING');
  give();
  await waitFor(async () => (await run())?.state === 'FAILED');
  expect(await run()).toEqual({ state: 'FAILED', reason });
});

describe('media that do not come', () => {
  it('are tried again within a second or two, then later and later, with a new address each time', async () => {
    const sent = message('image', files.distinct(files.jpeg()));
    const { content } = atMeta.get(sent.graphMediaId)!;
    atMeta.set(sent.graphMediaId, { content, give: (response) => void response.writeHead(404).end() });
    await worker.receive(sent.body);
    const first = await attempted(sent);
    expect(first).toMatchObject({ state: 'PENDING', reason: null, storage_key: null });
    expect(first.next_at!.getTime() - Date.now()).toBeLessThan(2_000);
    await again(sent);
    const third = await again(sent);
    expect(third.next_at!.getTime() - Date.now()).toBeGreaterThan(3_000);
    const lookups = graph.seen.filter(({ url }) => url.includes(`/${sent.graphMediaId}`));
    expect(lookups).toHaveLength(3);
    atMeta.set(sent.graphMediaId, { content });
    expect((await again(sent)).state).toBe('STORED');
    expect((await worker.app.get(Metrics, { strict: false }).render()).body).toMatch(/whatsapp_media_downloads_total\{status="not_found"\} \d/);
  });

  it('are FAILED with the reason when Meta keeps them no longer, and are not asked for any more', async () => {
    const sent = message('image', files.jpeg(), {}, Math.floor(Date.now() / 1_000) - 8 * 86_400);
    atMeta.delete(sent.graphMediaId);
    await worker.receive(sent.body);
    expect(await reaches(sent, 'FAILED')).toMatchObject({ reason: 'media.expired', storage_key: null, next_at: null, attempts: 1 });
  });

  it.each([
    ['a body that is cut', (response: ServerResponse, content: Buffer) => void (response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 100)), setTimeout(() => response.destroy(), 20))],
    ['a reset', (response: ServerResponse) => void response.socket!.destroy()],
    ['a fault of Meta', (response: ServerResponse) => json(response, 500, { error: { code: 2, message: 'x', is_transient: true } })],
    ['a page of a proxy', (response: ServerResponse) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>')],
    ['a redirect', (response: ServerResponse) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
  ])('for %s are tried again, and nothing of them is kept meanwhile', async (_, give) => {
    const before = (await stored()).length;
    const sent = message('image', files.distinct(files.ofLength(files.jpeg(), 300_000)));
    const { content } = atMeta.get(sent.graphMediaId)!;
    atMeta.set(sent.graphMediaId, { content, give });
    await worker.receive(sent.body);
    expect(await attempted(sent)).toMatchObject({ state: 'PENDING', storage_key: null });
    expect(await stored()).toHaveLength(before);
    atMeta.set(sent.graphMediaId, { content });
    expect((await again(sent)).state).toBe('STORED');
  });
});

describe('media that are not what was said', () => {
  it.each([
    ['a page as an image', 'image', files.html(), 'media.type-mismatch'],
    ['a program as a voice message', 'audio', files.program(), 'media.type-mismatch'],
  ])('%s is FAILED at once', async (_, kind, content, reason) => {
    const before = (await stored()).length;
    const sent = message(kind, files.distinct(content));
    await worker.receive(sent.body);
    expect(await reaches(sent, 'FAILED')).toMatchObject({ reason, storage_key: null, attempts: 1 });
    expect(await stored()).toHaveLength(before);
  });

  it('a content that breaks its checksum, of the webhook or of the look-up, is FAILED after a few attempts', async () => {
    const before = (await stored()).length;
    const byWebhook = message('image', files.distinct(files.jpeg()), { sha256: sha256(files.png()).toString('base64') });
    const byLookup = message('image', files.distinct(files.jpeg()), { sha256: 'not a checksum' });
    atMeta.set(byLookup.graphMediaId, { ...atMeta.get(byLookup.graphMediaId)!, sha256: sha256(files.png()).toString('hex') });
    for (const sent of [byWebhook, byLookup]) {
      await worker.receive(sent.body);
      expect(await attempted(sent)).toMatchObject({ state: 'PENDING' });
      await again(sent);
      expect(await again(sent)).toMatchObject({ state: 'FAILED', reason: 'media.checksum-mismatch', attempts: 3 });
    }
    expect(await stored()).toHaveLength(before);
  });

  it('more bytes than a customer can send are FAILED without being read', async () => {
    const sent = message('video', files.mp4());
    atMeta.set(sent.graphMediaId, { content: files.mp4(), give: (response) => void response.writeHead(200, { 'content-length': 200_000_000 }).write('x') });
    await worker.receive(sent.body);
    expect(await reaches(sent, 'FAILED')).toMatchObject({ reason: 'media.too-large', attempts: 1 });
  });

  it('an id that is none of Meta makes a message without media, and no fault', async () => {
    const sent = message('image', files.jpeg(), { id: '../../me' });
    await worker.receive(sent.body);
    expect(await worker.rows('SELECT kind, media_ids FROM messages WHERE wamid = $1', [sent.wamid])).toEqual([{ kind: 'image', media_ids: null }]);
  });
});

describe('many workers', () => {
  it('never hold one media together, and a crashed one loses none', async () => {
    const db = worker.app.get(SystemDb, { strict: false });
    const sent = message('image', files.distinct(files.jpeg()));
    atMeta.get(sent.graphMediaId)!.give = (response) => void response.writeHead(503).end();
    await worker.receive(sent.body);
    await attempted(sent);
    await worker.pool.query(`UPDATE media SET next_at = now() WHERE graph_media_id = $1`, [sent.graphMediaId]);
    const claims = (await Promise.all(Array.from({ length: 5 }, () => claimMedia(db, 4, 1)))).flat().filter(({ graphMediaId }) => graphMediaId === sent.graphMediaId);
    expect(claims).toHaveLength(1);
    // The lease of one second runs out, as that of a crashed process does: the next one holds it, the first no longer.
    let second = claims;
    await waitFor(async () => (second = await claimMedia(db, 4, 60)).length > 0);
    expect(second[0]).toMatchObject({ id: claims[0]!.id, attempts: claims[0]!.attempts + 1 });
    expect(await setBackFetch(db, claims[0]!, { reason: 'media.empty' })).toBeNull();
    expect(await setBackFetch(db, second[0]!, { retryInMs: 0 })).toMatchObject({ state: 'PENDING' });
  });

  it('a shutdown gives back what is under way, and it counts as no attempt', async () => {
    const leaving = await TestWorker.start({ POLL_INTERVAL_MS: '60000', GRAPH_URL: graph.url, STORAGE_FOLDER: folder });
    const keeper = worker;
    try {
      worker = leaving;
      tenant = await leaving.tenant({ echo_enabled: false });
      const sent = message('image', files.distinct(files.jpeg()));
      const asked = Promise.withResolvers<void>();
      atMeta.get(sent.graphMediaId)!.give = () => asked.resolve();
      await leaving.receive(sent.body);
      await asked.promise;
      const steps = leaving.app.get(ShutdownSteps, { strict: false });
      const row = mediaOf(sent);
      expect(await row).toMatchObject({ attempts: 1 });
      const pool = leaving.pool;
      await steps.run('the spec');
      const { rows } = await pool.query<MediaRow>('SELECT attempts, state, next_at <= now() AS due FROM media WHERE graph_media_id = $1', [sent.graphMediaId]);
      expect(rows).toEqual([{ attempts: 0, state: 'PENDING', due: true }]);
    } finally {
      worker = keeper;
      await leaving.stop();
    }
  });
});
