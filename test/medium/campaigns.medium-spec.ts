import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import {
  addContactTag,
  addRecipients,
  CampaignLeases,
  claimRecipients,
  completeUpload,
  followAll,
  gripMessages,
  lockCampaign,
  phonesOfContacts,
  removeContactTag,
  settleFed,
  steerCampaign,
  SystemDb,
  touchUpload,
  undoUpload,
  type LeasedCampaign,
} from '@parley/data';
import { PAUSED_BY_REQUEST, variantAt, type CampaignVariant } from '@parley/domain';
import { AcceptMessages } from '@parley/messaging';
import { Metrics } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { FeedCampaigns } from '../../apps/worker/src/campaigns/feed-campaigns.js';
import { feedRecipients } from '../../apps/worker/src/campaigns/feed-recipients.js';
import { insertCampaign, insertContacts, variantOf } from '../support/campaign.js';
import { FakeGraph, type SeenRequest } from '../support/fake-graph.js';
import { insertContact, insertMessage, insertTemplate, pairOf, uniqueDigits, type TestTenant } from '../support/fixtures.js';
import { waitFor } from '../support/wait-for.js';
import { customerText, envelope, TestWorker, uniqueWamid } from '../support/worker.js';

const NEVER = new AbortController().signal;

let graph: FakeGraph;
let worker: TestWorker;
let tenant: TestTenant;
let prefix: string;
/** While true, Meta gets nothing: numbers rest. */
const rest = (numberId: string): Promise<unknown> =>
  worker.pool.query(`UPDATE phone_numbers SET lease_holder = gen_random_uuid(), lease_until = now() + interval '1 hour' WHERE id = $1`, [numberId]);
const wakeUp = (numberId: string): Promise<unknown> => worker.pool.query('UPDATE phone_numbers SET lease_until = NULL, lease_holder = NULL WHERE id = $1', [numberId]);

beforeAll(async () => {
  graph = await FakeGraph.start(({ body }: SeenRequest, response: ServerResponse) => {
    const { to } = JSON.parse(body) as { to: string };
    const answer = { messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to.slice(1) }], messages: [{ id: uniqueWamid() }] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  worker = await TestWorker.start({ GRAPH_URL: graph.url });
});
afterAll(async () => {
  await worker.stop();
  await graph.stop();
});
beforeEach(async () => {
  tenant = await worker.tenant();
  prefix = `+40${uniqueDigits(3)}`;
});

const feeder = (): FeedCampaigns => worker.app.get(FeedCampaigns, { strict: false });
const db = (): SystemDb => worker.app.get(SystemDb, { strict: false });
const acceptance = (): AcceptMessages => worker.app.get(AcceptMessages, { strict: false });

/** A turn that begins after this call, by this process or by the poll beside it; ends when it is over. */
async function turn(id: string): Promise<void> {
  const isFree = async (): Promise<boolean> => (await worker.rows('SELECT FROM campaigns WHERE id = $1 AND lease_until > now()', [id])).length === 0;
  await waitFor(isFree);
  await feeder().wake(id, NEVER);
  await waitFor(isFree);
}
/** Nobody looks after it by itself: the spec says when there is a turn. */
const UNPOLLED = { next_at: 'infinity' };

interface Recipient {
  position: number;
  state: string;
  reason: string | null;
  variant: number | null;
  message_id: string | null;
  contact_id: string;
}
const recipientsOf = (id: string) => worker.rows<Recipient>('SELECT * FROM campaign_recipients WHERE campaign_id = $1 ORDER BY position', [id]);
const countOf = async (id: string, state: string): Promise<number> => (await recipientsOf(id)).filter((one) => one.state === state).length;
const stateOf = async (id: string): Promise<{ state: string; reason: string | null }> => (await worker.rows<{ state: string; reason: string | null }>('SELECT state, reason FROM campaigns WHERE id = $1', [id]))[0]!;
const messagesOf = (numberId: string) =>
  worker.rows<{ id: string; state: string; wait_cause: string | null; content: { text: string }; lane: number; recipient: string; valid_until: Date; stood_seconds: number | null }>('SELECT * FROM messages WHERE phone_number_id = $1 ORDER BY id', [numberId]);

/** What the tallies say must be what there is. */
async function talliesHold(id: string): Promise<void> {
  const told = await worker.rows('SELECT variant, state, reason, count FROM campaign_tallies WHERE campaign_id = $1 AND count <> 0 ORDER BY 1, 2, 3', [id]);
  const there = await worker.rows(
    `SELECT variant, state, coalesce(reason, '') AS reason, count(*)::int AS count FROM campaign_recipients
      WHERE campaign_id = $1 AND state NOT IN ('WAITING', 'FEEDING') GROUP BY 1, 2, 3
     UNION ALL SELECT variant, 'ANSWERED', '', count(*)::int FROM campaign_recipients WHERE campaign_id = $1 AND answered GROUP BY 1 ORDER BY 1, 2, 3`,
    [id],
  );
  expect(told).toEqual(there);
}

describe('feeding', () => {
  it('brings a campaign to everybody, to its end, and knows what became of each', async () => {
    const people = await insertContacts(worker.pool, tenant, 5, prefix);
    const stranger = await insertContact(worker.pool, tenant.tenantId, {});
    const id = await insertCampaign(worker.pool, tenant, [...people.map((one) => one.id), stranger.id]);
    await waitFor(async () => (await stateOf(id)).state === 'DONE', 20_000);
    const rows = await recipientsOf(id);
    expect(rows.map(({ state, reason }) => [state, reason])).toEqual([...people.map(() => ['ACCEPTED', null]), ['SKIPPED', 'consent.missing']]);
    // Nothing was made for the one without consent.
    expect(await messagesOf(tenant.number.id)).toHaveLength(5);
    await talliesHold(id);

    const [first] = await worker.rows<{ wamid: string; recipient: string }>('SELECT wamid, recipient FROM messages WHERE id = $1', [rows[0]!.message_id]);
    const status = { id: first!.wamid, status: 'read', timestamp: String(Math.floor(Date.now() / 1_000)), recipient_id: first!.recipient.slice(1) };
    await worker.receive(envelope(tenant.number.graphId, { statuses: [status] }), customerText(tenant.number.graphId, first!.recipient, 'See you there', uniqueWamid(), Math.floor(Date.now() / 1_000) + 1));
    await waitFor(async () => {
      await worker.pool.query('UPDATE campaigns SET walk_due_at = now() WHERE id = $1', [id]);
      await turn(id);
      return (await countOf(id, 'READ')) === 1;
    });
    const tallies = await worker.rows(`SELECT state, count FROM campaign_tallies WHERE campaign_id = $1 AND state IN ('READ', 'ANSWERED') ORDER BY state`, [id]);
    expect(tallies).toEqual([{ state: 'ANSWERED', count: 1 }, { state: 'READ', count: 1 }]);
    await talliesHold(id);
  });

  it('queues no more than two minutes of the rate of the number, and goes on as they leave', async () => {
    await rest(tenant.number.id);
    await worker.pool.query('UPDATE phone_numbers SET per_second = 2 WHERE id = $1', [tenant.number.id]);
    const people = await insertContacts(worker.pool, tenant, 600, prefix);
    const id = await insertCampaign(worker.pool, tenant, people.map((one) => one.id), UNPOLLED);
    await turn(id);
    expect(await countOf(id, 'FED')).toBe(240);
    await turn(id);
    expect(await countOf(id, 'FED')).toBe(240);
    // 100 have left; as many follow, and not one more.
    await worker.pool.query(
      `UPDATE messages SET state = 'SENT', accepted_at = now() WHERE id IN (SELECT id FROM messages WHERE phone_number_id = $1 AND state = 'QUEUED' ORDER BY id LIMIT 100)`,
      [tenant.number.id],
    );
    await turn(id);
    expect([await countOf(id, 'FED'), await countOf(id, 'SENT'), await countOf(id, 'WAITING')]).toEqual([240, 100, 260]);
    expect(new Set((await messagesOf(tenant.number.id)).map(({ lane }) => lane))).toEqual(new Set([2]));
    await talliesHold(id);
  });

  it('gives nobody two messages when a worker dies between the message and its mark', async () => {
    await rest(tenant.number.id);
    const people = await insertContacts(worker.pool, tenant, 30, prefix);
    const id = await insertCampaign(worker.pool, tenant, people.map((one) => one.id), UNPOLLED);
    // A worker takes ten in hand, makes messages for five of them, and is gone.
    const [campaign] = [await new CampaignLeases(db(), '0199a1b2-0000-7000-8000-000000000001').take(id)];
    const inHand = await claimRecipients(db(), campaign!, '', 10);
    const lost = Object.create(db(), { query: { value: (statement: { name: string }, values?: unknown[]) => (statement.name === 'campaigns.settle-fed' ? Promise.reject(new Error('killed')) : db().query(statement as never, values)) } }) as SystemDb;
    await worker.pool.query(`UPDATE campaign_recipients SET state = 'WAITING' WHERE campaign_id = $1 AND position < 5`, [id]);
    await expect(feedRecipients({ db: lost, acceptance: acceptance(), signal: NEVER }, campaign!, [''], 5)).rejects.toThrow('killed');
    expect([inHand.length, await countOf(id, 'FEEDING'), (await messagesOf(tenant.number.id)).length]).toEqual([10, 10, 5]);
    await worker.pool.query('UPDATE campaigns SET lease_until = now() WHERE id = $1', [id]);

    await turn(id);
    expect(await countOf(id, 'FED')).toBe(30);
    const messages = await messagesOf(tenant.number.id);
    expect(messages).toHaveLength(30);
    expect(new Set(messages.map(({ recipient }) => recipient)).size).toBe(30);
    expect(new Set((await recipientsOf(id)).map((one) => one.message_id))).toEqual(new Set(messages.map((one) => one.id)));
    await talliesHold(id);
  });

  it('is shared by workers without a coordinator: two at once feed everybody once', async () => {
    await rest(tenant.number.id);
    const people = await insertContacts(worker.pool, tenant, 200, prefix);
    const half = people.map((one) => one.id);
    const ids = [await insertCampaign(worker.pool, tenant, half), await insertCampaign(worker.pool, tenant, half), await insertCampaign(worker.pool, tenant, half)];
    const other = new FeedCampaigns(db(), acceptance(), worker.app.get(Metrics, { strict: false }), await worker.app.resolve(PinoLogger, undefined, { strict: false }));
    await Promise.all([feeder().run(NEVER), other.run(NEVER), ...ids.map((id) => feeder().wake(id, NEVER))]);
    await waitFor(async () => (await Promise.all(ids.map((id) => countOf(id, 'FED')))).every((count) => count === 200));
    expect(await messagesOf(tenant.number.id)).toHaveLength(600);
    for (const id of ids) await talliesHold(id);
  });

  it('belongs to one worker at a time, and to none that was taken for dead', async () => {
    const id = await insertCampaign(worker.pool, tenant, [tenant.contact.id], UNPOLLED);
    const [one, two] = ['0199a1b2-0000-7000-8000-000000000001', '0199a1b2-0000-7000-8000-000000000002'].map((holder) => new CampaignLeases(db(), holder));
    const first = (await one!.take(id))!;
    expect(await two!.take(id)).toBeNull();
    await worker.pool.query('UPDATE campaigns SET lease_until = now() WHERE id = $1', [id]);
    const second = (await two!.take(id))!;
    // The first thaws: it can take nobody in hand, move nothing and give nothing back.
    expect([await one!.renew(first), await one!.move(first, 'RUNNING', 'DONE', null), await claimRecipients(db(), first, '', 10)]).toEqual([false, false, []]);
    await one!.release(first, 'RUNNING', null);
    const inHand = await claimRecipients(db(), second, '', 10);
    expect(inHand).toHaveLength(1);
    // Settled once, counted once, whoever says it again.
    const skipped = { position: 0, state: 'SKIPPED', variant: 0, messageId: null, reason: 'consent.missing' } as const;
    expect([await settleFed(db(), second, [skipped]), await settleFed(db(), first, [{ ...skipped, reason: 'phone.invalid' }])]).toEqual([1, 0]);
    expect(await recipientsOf(id)).toMatchObject([{ state: 'SKIPPED', reason: 'consent.missing' }]);
    await talliesHold(id);
  });

  it('splits by the variants exactly, and fills each template with the recipient', async () => {
    await rest(tenant.number.id);
    const second = await insertTemplate(worker.pool, tenant.tenantId, tenant.accountId, { category: 'MARKETING', components: [{ type: 'BODY', text: 'Come, {{1}}.', example: { body_text: [['Ana']] } }] });
    const variants: CampaignVariant[] = [variantOf(tenant.template, { percent: 70 }), variantOf(second, { name: 'B', percent: 30 })];
    const people = await insertContacts(worker.pool, tenant, 200, prefix);
    const id = await insertCampaign(worker.pool, tenant, people.map((one) => one.id), { variants });
    await worker.pool.query(`UPDATE campaign_recipients SET fields = '{"name":"Ana"}' WHERE campaign_id = $1 AND position = 7`, [id]);
    await turn(id);
    await waitFor(async () => (await countOf(id, 'FED')) === 200);
    const rows = await recipientsOf(id);
    expect([rows.filter(({ variant }) => variant === 0).length, rows.filter(({ variant }) => variant === 1).length]).toEqual([140, 60]);
    expect(rows.map(({ variant }) => variant)).toEqual(rows.map(({ position }) => variantAt(id, variants, position)));
    const texts = new Map((await messagesOf(tenant.number.id)).map((one) => [one.id, one]));
    for (const { message_id, variant, position } of rows) {
      const { content, lane } = texts.get(message_id!)!;
      const name = position === 7 ? 'Ana' : 'friend';
      expect([content.text, lane]).toEqual(variant === 0 ? [`Your table is ready, ${name}.`, 2] : [`Come, ${name}.`, 3]);
    }
  });

  it('waits for the clock of each recipient', async () => {
    await rest(tenant.number.id);
    const people = await insertContacts(worker.pool, tenant, 3, prefix);
    // Midnight has begun in Auckland, and has not in Honolulu, whenever this runs: 22 to 24 hours lie between their clocks.
    const localTime = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Pacific/Auckland', dateStyle: 'short', timeStyle: 'short' }).format(new Date(Date.now() - 60_000)).replace(' ', 'T');
    const id = await insertCampaign(worker.pool, tenant, people.map((one) => one.id), { state: 'SCHEDULED', schedule: { kind: 'local', localTime } });
    const zones = ['Pacific/Auckland', 'Pacific/Honolulu', ''];
    for (const [position, zone] of zones.entries()) await worker.pool.query('UPDATE campaign_recipients SET time_zone = $3 WHERE campaign_id = $1 AND position = $2', [id, position, zone]);
    await worker.pool.query(`UPDATE tenants SET time_zone = 'Pacific/Auckland' WHERE id = $1`, [tenant.tenantId]);
    await waitFor(async () => (await countOf(id, 'FED')) === 2);
    expect((await recipientsOf(id)).map(({ state }) => state)).toEqual(['FED', 'WAITING', 'FED']);
    expect(await stateOf(id)).toEqual({ state: 'RUNNING', reason: null });
  });

  it('begins at once when it is woken by its job', async () => {
    await rest(tenant.number.id);
    const id = await insertCampaign(worker.pool, tenant, [tenant.contact.id], UNPOLLED);
    worker.app.get(JobProducer, { strict: false }).wake('campaign.wake', { campaignId: id });
    await waitFor(async () => (await countOf(id, 'FED')) === 1);
  });

  it('leaves a scheduled campaign alone until its time', async () => {
    const id = await insertCampaign(worker.pool, tenant, [tenant.contact.id], { state: 'SCHEDULED', schedule: { kind: 'at', at: new Date(Date.now() + 3_600_000).toISOString() } });
    await turn(id);
    const [row] = await worker.rows<{ state: string; inMinutes: number }>('SELECT state, extract(epoch FROM next_at - now())::int / 60 AS "inMinutes" FROM campaigns WHERE id = $1', [id]);
    expect([row!.state, row!.inMinutes > 50, await countOf(id, 'WAITING')]).toEqual(['SCHEDULED', true, 1]);
  });

  it('passes a phone number over that turned out to be another recipient', async () => {
    await rest(tenant.number.id);
    const [one] = await insertContacts(worker.pool, tenant, 1, prefix);
    const id = await insertCampaign(worker.pool, tenant, [one!.id], { recipients: 3 });
    const late = `${prefix}777777`;
    for (const [position, phone] of [late, `${prefix}888888`].entries()) await worker.pool.query('INSERT INTO campaign_recipients (tenant_id, campaign_id, position, phone) VALUES ($1, $2, $3, $4)', [tenant.tenantId, id, position + 1, phone]);
    for (const phone of [late, `${prefix}888888`]) await worker.pool.query(`INSERT INTO contact_identities (tenant_id, kind, value, contact_id) VALUES ($1, 'phone', $2, $3)`, [tenant.tenantId, phone, one!.id]);
    await turn(id);
    await waitFor(async () => (await countOf(id, 'SKIPPED')) === 2);
    expect((await recipientsOf(id)).map(({ state, reason }) => [state, reason])).toEqual([['FED', null], ['SKIPPED', 'recipient.duplicate'], ['SKIPPED', 'recipient.duplicate']]);
    await talliesHold(id);
  });
});

describe('what stands in the way of a campaign', () => {
  it('pauses it with the reason, burns nobody, and lets it go on by itself once it is over', async () => {
    await rest(tenant.number.id);
    const people = await insertContacts(worker.pool, tenant, 20, prefix);
    await worker.pool.query(`UPDATE templates SET status = 'PAUSED' WHERE id = $1`, [tenant.template.id]);
    const id = await insertCampaign(worker.pool, tenant, people.map((one) => one.id));
    await waitFor(async () => (await stateOf(id)).state === 'PAUSED');
    expect(await stateOf(id)).toEqual({ state: 'PAUSED', reason: 'template.not-approved' });
    expect([await countOf(id, 'WAITING'), await messagesOf(tenant.number.id)]).toEqual([20, []]);
    await turn(id);
    expect((await stateOf(id)).state).toBe('PAUSED');

    await worker.pool.query(`UPDATE templates SET status = 'APPROVED' WHERE id = $1`, [tenant.template.id]);
    await turn(id);
    await waitFor(async () => (await countOf(id, 'FED')) === 20);
    expect(await stateOf(id)).toEqual({ state: 'RUNNING', reason: null });
  });
});

describe('steering', () => {
  const key = (id: string) => ({ tenantId: tenant.tenantId, id });

  async function running(count = 12): Promise<string> {
    await rest(tenant.number.id);
    await worker.pool.query('UPDATE phone_numbers SET per_second = 1 WHERE id = $1', [tenant.number.id]);
    const people = await insertContacts(worker.pool, tenant, count, prefix);
    const id = await insertCampaign(worker.pool, tenant, people.map((one) => one.id));
    await turn(id);
    await waitFor(async () => (await countOf(id, 'FED')) === Math.min(count, 120));
    return id;
  }

  it('holds what waits when it is paused, and gives back its time when it goes on', async () => {
    const id = await running();
    // One of them waits for a retry: it must not leave either.
    const [first] = await messagesOf(tenant.number.id);
    await worker.pool.query(`UPDATE messages SET state = 'WAITING', wait_cause = 'retry', wait_until = now() WHERE id = $1`, [first!.id]);
    await steerCampaign(db(), key(id), ['RUNNING'], 'PAUSED', PAUSED_BY_REQUEST);
    expect(await gripMessages(db(), key(id), 'hold')).toBeGreaterThanOrEqual(11);
    await turn(id);
    await wakeUp(tenant.number.id);
    await delay(300);
    const held = await messagesOf(tenant.number.id);
    expect(new Set(held.map(({ state, wait_cause }) => `${state} ${wait_cause}`))).toEqual(new Set(['WAITING campaign']));
    expect(graph.seen.filter(({ body }) => body.includes(prefix))).toEqual([]);

    await worker.pool.query(`UPDATE messages SET updated_at = updated_at - interval '2 hours' WHERE phone_number_id = $1`, [tenant.number.id]);
    await worker.pool.query('UPDATE phone_numbers SET per_second = 80 WHERE id = $1', [tenant.number.id]);
    await steerCampaign(db(), key(id), ['PAUSED'], 'RUNNING', null);
    // Whoever resumed it was cut off here: the worker lets go what is held.
    await turn(id);
    await waitFor(async () => (await countOf(id, 'WAITING')) === 0 && (await messagesOf(tenant.number.id)).every(({ wait_cause }) => wait_cause !== 'campaign'));
    const [after] = await messagesOf(tenant.number.id);
    expect(after!.stood_seconds).toBeGreaterThanOrEqual(7_200);
    expect(after!.valid_until).toEqual(first!.valid_until);
    await waitFor(async () => (await stateOf(id)).state === 'DONE', 20_000);
    expect(graph.seen.filter(({ body }) => body.includes(prefix))).toHaveLength(12);
  });

  it('ends what waits when it is cancelled, and feeds nobody any more', async () => {
    const id = await running(150);
    await steerCampaign(db(), key(id), ['RUNNING'], 'CANCELLED', null);
    // Not even the one who cancelled got to the messages: the worker does it.
    await turn(id);
    await waitFor(async () => (await messagesOf(tenant.number.id)).every(({ state }) => state === 'CANCELLED'));
    await turn(id);
    expect([await countOf(id, 'CANCELLED'), await countOf(id, 'WAITING')]).toEqual([120, 30]);
    await wakeUp(tenant.number.id);
    await turn(id);
    expect(await messagesOf(tenant.number.id)).toHaveLength(120);
    expect(graph.seen.filter(({ body }) => body.includes(prefix))).toEqual([]);
    await talliesHold(id);
  });

  it('stops the rest for a person who writes STOP: what waits fails, what is not fed is skipped', async () => {
    const id = await running(122);
    const rows = await recipientsOf(id);
    const [queued, waiting, ...others] = [rows[0]!, rows.at(-1)!, rows[1]!];
    const said = [];
    for (const [{ contact_id }, word] of [[queued, 'STOP'], [waiting, 'Dezabonează-mă!']] as const) {
      const [{ value }] = (await worker.rows<{ value: string }>(`SELECT value FROM contact_identities WHERE contact_id = $1 AND kind = 'phone'`, [contact_id])) as [{ value: string }];
      said.push(customerText(tenant.number.graphId, value, word));
    }
    await worker.receive(...said);
    await worker.pool.query('UPDATE phone_numbers SET per_second = 80 WHERE id = $1', [tenant.number.id]);
    await wakeUp(tenant.number.id);
    await waitFor(async () => {
      await turn(id);
      return (await stateOf(id)).state === 'DONE';
    }, 30_000);
    const after = await recipientsOf(id);
    expect(after[0]).toMatchObject({ state: 'FAILED', reason: 'consent.revoked' });
    expect(after.at(-1)).toMatchObject({ state: 'SKIPPED', reason: 'consent.revoked', message_id: null });
    expect(after.filter(({ state }) => state === 'ACCEPTED')).toHaveLength(120);
    expect(others).toHaveLength(1);
    // And each STOP has its one answer.
    const sent = graph.seen.filter(({ body }) => body.includes(prefix)).map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect([sent.filter((type) => type === 'template').length, sent.filter((type) => type === 'text').length]).toEqual([120, 2]);
    await talliesHold(id);
  });
});

describe('every statement, given the ids of another tenant', () => {
  it('finds nothing and changes nothing', async () => {
    const other = await worker.tenant();
    await rest(other.number.id);
    const theirs = await insertCampaign(worker.pool, other, [other.contact.id], { state: 'DRAFT', next_at: null });
    const running = await insertCampaign(worker.pool, other, [other.contact.id], { next_at: null });
    const messageId = await insertMessage(worker.pool, pairOf(other));
    await worker.pool.query(`UPDATE campaign_recipients SET state = 'FED', variant = 0, message_id = $2 WHERE campaign_id = $1`, [running, messageId]);
    const picture = async (): Promise<unknown[]> =>
      (await Promise.all(['campaigns', 'campaign_recipients', 'campaign_tallies', 'campaign_uploads', 'contact_tags', 'messages'].map((table) => worker.rows(`SELECT * FROM ${table} WHERE tenant_id = $1 ORDER BY 1, 2, 3`, [other.tenantId])))).flat();
    const { rows: [upload] } = await worker.pool.query<{ id: string }>(
      `INSERT INTO campaign_uploads (tenant_id, campaign_id, source, first_position, until) VALUES ($1, $2, 'file', 0, now() + interval '1 hour') RETURNING id`,
      [other.tenantId, theirs],
    );
    const before = await picture();

    const foreign = { tenantId: tenant.tenantId, id: running };
    const leased = { ...foreign, epoch: '1', state: 'RUNNING' } as LeasedCampaign;
    const key = { tenantId: tenant.tenantId, campaignId: theirs, id: upload!.id };
    const row = { phone: null, country: null, contactId: other.contact.id, locale: '', timeZone: '', fields: null };
    const own = await insertCampaign(worker.pool, tenant, [], { state: 'DRAFT', next_at: null });
    expect(await db().transaction((tx) => lockCampaign(tx, tenant.tenantId, theirs))).toBeNull();
    expect(await db().transaction((tx) => addRecipients(tx, tenant.tenantId, theirs, [row]))).toMatchObject({ unknown: [0] });
    expect(await db().transaction((tx) => addRecipients(tx, tenant.tenantId, own, [row]))).toEqual({ taken: [], unknown: [0] });
    expect(await db().transaction((tx) => phonesOfContacts(tx, tenant.tenantId, [other.contact.id]))).toEqual([{ contactId: other.contact.id, phone: null }]);
    expect(await steerCampaign(db(), foreign, ['RUNNING'], 'CANCELLED', null)).toBe(false);
    for (const grip of ['hold', 'release', 'cancel'] as const) expect(await gripMessages(db(), foreign, grip)).toBe(0);
    expect(await claimRecipients(db(), leased, '', 10)).toEqual([]);
    expect(await settleFed(db(), leased, [{ position: 0, state: 'SKIPPED', variant: 0, messageId: null, reason: 'x' }])).toBe(0);
    expect(await followAll(db(), leased, -1, 10)).toEqual({ last: null, moved: 0, held: 0 });
    expect(await touchUpload(db(), key)).toBe(false);
    expect(await completeUpload(db(), key, {})).toBe(false);
    expect(await undoUpload(db(), key, {})).toBe(0);
    expect(await addContactTag(db(), tenant.tenantId, other.contact.id, 'vip')).toBe(false);
    expect(await removeContactTag(db(), tenant.tenantId, other.contact.id, 'vip')).toBe(false);
    expect(await picture()).toEqual(before);
  });
});

it('takes out what an upload left whose process died', async () => {
  const id = await insertCampaign(worker.pool, tenant, [tenant.contact.id], { state: 'DRAFT', next_at: null, recipients: 2 });
  await worker.pool.query(`INSERT INTO campaign_recipients (tenant_id, campaign_id, position, phone) VALUES ($1, $2, 1, '+40722000999')`, [tenant.tenantId, id]);
  await worker.pool.query(`INSERT INTO campaign_uploads (tenant_id, campaign_id, source, first_position, until) VALUES ($1, $2, 'file', 1, now())`, [tenant.tenantId, id]);
  await waitFor(async () => (await recipientsOf(id)).length === 1);
  expect(await worker.rows('SELECT recipients FROM campaigns WHERE id = $1', [id])).toEqual([{ recipients: 1 }]);
});
