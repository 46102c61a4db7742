import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { json as readJson } from 'node:stream/consumers';
import { JobProducer } from '@parley/queue';
import { MediaStorage } from '@parley/storage';
import { insertContact, insertMessage, insertRow, pairOf, uniquePhone, type TestTenant } from '../support/fixtures.js';
import * as files from '../support/media-files.js';
import { TestMeta } from '../support/meta.js';
import { waitFor } from '../support/wait-for.js';
import { TestWorker, TOKEN } from '../support/worker.js';

interface MediaRow {
  state: string;
  mime_type: string;
  sha256: Buffer;
  storage_key: string;
}

/** Media in and out with the simulator in Meta's place, over HTTP. */
describe('media with the simulator', () => {
  let meta: TestMeta;
  let worker: TestWorker;
  let tenant: TestTenant;
  let folder: string;
  let callback: Server;
  const webhooks: unknown[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-simulator-'));
    // The webhooks are caught and put into the ledger by hand, as the api would.
    callback = createServer((request, response) => {
      void readJson(request).then((body) => webhooks.push(body), () => undefined);
      response.end();
    });
    await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve));
    meta = await TestMeta.start();
    const callbackUrl = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/`;
    await meta.control('POST', 'apps', { appId: '1002', appSecret: 'shh', verifyToken: 'prove', callbackUrl, skipHandshake: true });
    worker = await TestWorker.start({ GRAPH_URL: meta.url, STORAGE_FOLDER: folder });
    tenant = await worker.tenant({ echo_enabled: false });
    const numbers = [{ id: tenant.number.graphId, displayPhoneNumber: '+40 21 555 0100', verifiedName: 'Trattoria' }];
    await meta.control('POST', 'accounts', { wabaId: '771', name: 'Trattoria', token: TOKEN, appId: '1002', numbers, templates: [] });
    await fetch(`${meta.url}/v25.0/771/subscribed_apps`, { method: 'POST', headers: { authorization: `Bearer ${TOKEN}` } });
  });
  afterAll(async () => {
    await worker.stop();
    await meta.stop();
    callback.closeAllConnections();
    await new Promise((resolve) => callback.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['image', 'image/jpeg'],
    ['audio', 'audio/ogg; codecs=opus'],
    ['document', 'application/pdf'],
    ['sticker', 'image/webp'],
    ['video', 'video/mp4'],
  ])('brings the %s of a customer into the storage, as Meta has it', async (type, mimeType) => {
    const phone = uniquePhone();
    const { wamid } = (await meta.control('POST', `customers/${encodeURIComponent(phone)}/messages`, { phoneNumberId: tenant.number.graphId, type })) as { wamid: string };
    await waitFor(() => JSON.stringify(webhooks).includes(wamid));
    await worker.receive(webhooks.find((body) => JSON.stringify(body).includes(wamid)));
    const find = () => worker.rows<MediaRow>('SELECT md.* FROM media md JOIN messages m ON md.id = ANY (m.media_ids) WHERE m.wamid = $1', [wamid]);
    await waitFor(async () => (await find())[0]?.state === 'STORED');
    const [row] = await find();
    expect(row!.mime_type).toBe(mimeType);
    const content = await readFile(join(folder, row!.storage_key));
    expect(createHash('sha256').update(content).digest().equals(row!.sha256)).toBe(true);
  });

  it('brings a picture to Meta, unchanged, and sends it by the id that Meta gave', async () => {
    const content = files.distinct(files.png());
    const key = `${tenant.tenantId}/out`;
    await worker.app.get(MediaStorage, { strict: false }).put(key, Readable.from([content]));
    const sha256 = createHash('sha256').update(content).digest();
    const columns = { tenant_id: tenant.tenantId, direction: 'OUTBOUND', kind: 'image', state: 'STORED', mime_type: 'image/png', bytes: content.length, storage_key: key };
    const { id: mediaId } = await insertRow<{ id: string }>(worker.pool, 'media', { ...columns, sha256 });
    const contact = await insertContact(worker.pool, tenant.tenantId, { consents: ['utility'] });
    await meta.control('POST', `customers/${encodeURIComponent(contact.phone)}/messages`, { phoneNumberId: tenant.number.graphId, type: 'text', text: 'Hi' });
    const payload = JSON.stringify({ type: 'image', image: { id: mediaId, caption: 'Menu' } });
    const id = await insertMessage(worker.pool, pairOf(tenant, contact), {
      templateId: tenant.template.id,
      columns: { kind: 'image', payload, recipient: contact.phone, media_ids: [mediaId] },
    });
    worker.app.get(JobProducer, { strict: false }).wake('number.wake', { numberId: tenant.number.id });
    await waitFor(async () => (await worker.rows<{ state: string }>('SELECT state FROM messages WHERE id = $1', [id]))[0]!.state === 'ACCEPTED');
    const [upload] = await worker.rows<{ graph_media_id: string }>('SELECT graph_media_id FROM media_uploads WHERE media_id = $1', [mediaId]);
    const node = await fetch(`${meta.url}/v25.0/${upload!.graph_media_id}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(await node.json()).toMatchObject({ mime_type: 'image/png', sha256: sha256.toString('hex') });
    const { entries } = (await meta.control('GET', `ledger?phoneNumberId=${tenant.number.graphId}`)) as { entries: { body: { image?: { id: string } } }[] };
    expect(entries.map(({ body }) => body.image?.id)).toEqual([upload!.graph_media_id]);
  });
});
