import type { ServerResponse } from 'node:http';
import { automationSecretPlace } from '@parley/data';
import type { AutomationStep } from '@parley/domain';
import { Sealer } from '@parley/platform';
import { json } from './fake-graph.js';
import { insertContact, insertConversation, insertInbound, pairOf, type Columns, type TestTenant } from './fixtures.js';
import { waitFor } from './wait-for.js';
import type { TestWorker } from './worker.js';

/** A key as bots have them. */
export const BOT_SECRET = `whsec_${Buffer.from('a key for the bots of the specs!').toString('base64')}`;

/** What an endpoint does with one request. */
export type Misbehave = (response: ServerResponse) => void;

/** Reads the request and never says anything. */
export const hang: Misbehave = () => undefined;
export const fail: Misbehave = (response) => json(response, 500, { error: 'no' });
export const refuse: Misbehave = (response) => json(response, 400, { error: 'no' });
export const broken: Misbehave = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"messages": [');
export const redirect: Misbehave = (response) => void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
/** Ten megabytes, as long as somebody reads them. */
export const flood: Misbehave = (response) => {
  response.on('error', () => {});
  response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.alloc(10 * 1024 * 1024, ' '));
};

/** Puts a chain in the place of the tenant's. */
export async function setChain(worker: TestWorker, { tenantId }: TestTenant, steps: readonly AutomationStep[]): Promise<void> {
  await setSection(worker, tenantId, 'automations', { silenceMinutes: 30, steps });
}

export async function setSection(worker: TestWorker, tenantId: string, section: string, value: object): Promise<void> {
  await worker.pool.query(
    `INSERT INTO tenant_settings (tenant_id, section, value, updated_by) VALUES ($1, $2, $3, 'spec')
     ON CONFLICT (tenant_id, section) DO UPDATE SET value = excluded.value`,
    [tenantId, section, JSON.stringify(value)],
  );
}

/** A secret for the step and the origin, in its first version. */
export function sealedFor(worker: TestWorker, { tenantId }: TestTenant, step: string, origin: string, secret = BOT_SECRET): string {
  return worker.app.get(Sealer, { strict: false }).seal(secret, automationSecretPlace(tenantId, step, origin, 1));
}

/** Sets the secret of a step for the origin of an address, as the api does. */
export async function setStepSecret(worker: TestWorker, tenant: TestTenant, step: string, url: string, secret = BOT_SECRET): Promise<void> {
  const [{ tenantId }, { origin }] = [tenant, new URL(url)];
  const sealed = sealedFor(worker, tenant, step, origin, secret);
  await worker.pool.query(`INSERT INTO automation_secrets (tenant_id, step, origin, version, sealed, updated_by) VALUES ($1, $2, $3, 1, $4, 'spec')`, [tenantId, step, origin, sealed]);
}

/** A customer's message, and where it stands. */
export interface Said {
  readonly messageId: string;
  readonly conversationId: string;
}

/** Somebody new writes to the tenant; no automation has looked at it. */
export async function says(worker: TestWorker, tenant: TestTenant, body: string, columns: Columns = {}): Promise<Said> {
  const pair = pairOf(tenant, await insertContact(worker.pool, tenant.tenantId, { consents: ['service'] }));
  const conversationId = await insertConversation(worker.pool, pair);
  const messageId = await insertInbound(worker.pool, pair, conversationId, { content: JSON.stringify({ body }), display_content: body, ...columns });
  return { messageId, conversationId };
}

/** The same person writes once more. */
export async function saysAgain(worker: TestWorker, tenant: TestTenant, { conversationId }: Said, body: string, columns: Columns = {}): Promise<Said> {
  const [row] = await worker.rows<{ contact_id: string }>('SELECT contact_id FROM conversations WHERE id = $1', [conversationId]);
  const pair = { ...pairOf(tenant), contactId: row!.contact_id };
  return { conversationId, messageId: await insertInbound(worker.pool, pair, conversationId, { content: JSON.stringify({ body }), display_content: body, ...columns }) };
}

export interface RunOfStep {
  step: string;
  state: string;
  reason: string | null;
  attempts: number;
  detail: Record<string, unknown> | null;
}

/** What the steps did with a message, in their order. */
export function runsOf(worker: TestWorker, { messageId }: Said): Promise<RunOfStep[]> {
  return worker.rows<RunOfStep>('SELECT step, state, reason, attempts, detail FROM automation_runs WHERE message_id = $1 ORDER BY created_at, position', [messageId]);
}

/** Steps and ends, as one word each. */
export async function endsOf(worker: TestWorker, said: Said): Promise<string[]> {
  return (await runsOf(worker, said)).map(({ step, state, reason }) => [step, state, ...(reason === null ? [] : [reason])].join(' '));
}

/** What the conversation was sent, oldest first. */
export async function answersIn(worker: TestWorker, { messageId }: Said): Promise<{ sender: string; text: string }[]> {
  return worker.rows(
    `SELECT o.sender, o.display_content AS text FROM messages i JOIN messages o ON o.tenant_id = i.tenant_id AND o.contact_id = i.contact_id AND o.direction = 'OUTBOUND'
      WHERE i.id = $1 ORDER BY o.id`,
    [messageId],
  );
}

/** Begins the chains that wait, and waits until those of these messages have come to their end. What failed is tried again at once. */
export async function settleChains(worker: TestWorker, ...all: readonly Said[]): Promise<void> {
  const ids = all.map(({ messageId }) => messageId);
  await worker.answer();
  await waitFor(async () => {
    const [open] = await worker.rows<{ due: number; open: number }>(
      `SELECT count(*)::int AS open, (count(*) FILTER (WHERE state = 'DUE' AND until > now()))::int AS due FROM automation_runs WHERE message_id = ANY ($1) AND until IS NOT NULL`,
      [ids],
    );
    if (open!.due > 0) {
      await worker.pool.query(`UPDATE automation_runs SET until = now() WHERE message_id = ANY ($1) AND state = 'DUE' AND until > now()`, [ids]);
      await worker.answer();
    }
    return open!.open === 0;
  });
}
