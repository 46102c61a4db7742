import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  applyStatusChanges,
  ensureConversations,
  growConversations,
  insertMessages,
  lockStatusTargets,
  recordConsents,
  storeInbound,
  tellStatuses,
  type NewMessage,
  type Pair,
  type SystemTx,
} from '@parley/data';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { ExplainingDb, flat, touched } from '../support/explain.js';
import { makeTenant, openPool, UNSERVED, type TestTenant } from '../support/fixtures.js';

const SET = 200;
/** For each row of a set no part of a statement looks at more rows than this. Joined to itself row by row, a set looks at SET for each. */
const ROWS_EACH = 12;

// Sets are there so that a row costs little: a statement whose cost grows with the square of its set undoes that where it counts, under load.
describe('a set of 200', () => {
  let database: TestDatabase & { drop(): Promise<void> };
  let pool: pg.Pool;
  let explaining: ExplainingDb;
  let tx: SystemTx;
  let tenant: TestTenant;
  let pairs: Pair[];
  const now = new Date();

  beforeAll(async () => {
    database = await freshDatabase();
    pool = openPool(database.system);
    explaining = await ExplainingDb.connect(database.system);
    tx = explaining.db as unknown as SystemTx;
    tenant = await makeTenant(pool);
    const { rows } = await pool.query<{ id: string }>('INSERT INTO contacts (tenant_id) SELECT $1 FROM generate_series(1, $2::int) RETURNING id', [tenant.tenantId, SET]);
    pairs = rows.map(({ id: contactId }) => ({ tenantId: tenant.tenantId, numberId: tenant.number.id, contactId }));
  }, 60_000);
  afterAll(async () => {
    await explaining.close();
    await pool.end();
    await database.drop();
  });

  /** What autovacuum or the worker do for tables that grew. */
  async function analyze(): Promise<void> {
    const owner = openPool(database.owner, 1);
    await owner.query('ANALYZE');
    await owner.end();
  }

  function expectLinear(name: string): void {
    const costly = flat(explaining.plans.get(name)!).filter((node) => touched(node) > ROWS_EACH * SET);
    expect([name, costly.map((node) => [node['Node Type'], node['CTE Name'] ?? node['Relation Name'], touched(node)])]).toEqual([name, []]);
  }

  it('of consents is recorded at a cost for each', async () => {
    const decisions = pairs.map(({ tenantId, contactId }) => ({ tenantId, contactId, purpose: 'utility', status: 'GRANTED', source: 'import', evidence: 'form 1', actor: 'spec', messageId: null }));
    expect((await recordConsents(tx, decisions)).filter(({ stands }) => stands)).toHaveLength(SET);
    expectLinear('consents.record');
  });

  it('of customers’ messages with files is stored, and grows their conversations, at a cost for each', async () => {
    const conversations = await ensureConversations(tx, pairs);
    const messages = conversations.map(({ tenantId, numberId, contactId, id: conversationId }, at) => ({
      tenantId, numberId, contactId, conversationId, wamid: `wamid.${at}`, kind: 'image', content: '{}', displayContent: 'Image', replyToWamid: null, at: now,
      media: { graphMediaId: `media-${at}`, kind: 'image' as const, mimeType: 'image/jpeg', sha256: null, fileName: null },
    }));
    expect(await storeInbound(tx, messages)).toHaveLength(SET);
    const growth = conversations.map(({ tenantId, contactId, id: conversationId }) => ({
      tenantId, contactId, conversationId, contactName: 'Ana', count: 1, lastMessage: 'Image', firstAt: now, lastAt: now, service: UNSERVED, reopenedTo: null, reopensFor: null, opened: true,
    }));
    await growConversations(tx, growth);
    const { rows } = await pool.query<{ files: number; opened: number }>(
      `SELECT (SELECT count(*)::int FROM messages m JOIN media f ON f.id = m.media_ids[1] AND m.wamid = 'wamid.' || split_part(f.graph_media_id, '-', 2)) AS files,
              (SELECT count(*)::int FROM events WHERE type = 'whatsapp.conversation_opened') AS opened`,
    );
    expect(rows).toEqual([{ files: SET, opened: SET }]);
    for (const name of ['inbound.open-conversations', 'inbound.lock-conversations', 'inbound.store', 'inbound.grow-conversations']) expectLinear(name);
  });

  it('of messages is accepted, each under its own key, and its statuses are applied, at a cost for each', async () => {
    const messages = pairs.map<NewMessage>(({ tenantId, numberId, contactId }, at) => ({
      tenantId: tenant.tenantId, numberId, contactId, sender: 'app', kind: 'text', content: '{}', payload: '{}', displayContent: `text ${tenantId}`, recipient: '+40722000000',
      lane: 1, laneInWindow: 1, purpose: 'service', templateId: null, templateVersion: null, replyToWamid: null, mediaIds: [], maxAttempts: 3, sendAt: null, validSeconds: 600,
      customerId: null, orderId: null, quoteId: null, userId: null, source: 'api', key: `key-${at}`, requestHash: Buffer.alloc(32), arrival: SET - at,
    }));
    await analyze();
    const written = await insertMessages(tx, messages);
    expect(written.map(({ contactId, arrival }) => [contactId, arrival]).sort()).toEqual(messages.map(({ contactId, arrival }) => [contactId, arrival]).sort());
    expectLinear('acceptance.insert');

    await pool.query(
      `WITH a AS (UPDATE messages SET state = 'ACCEPTED', attempt_id = id, wamid = 'wamid.out.' || id WHERE direction = 'OUTBOUND' RETURNING tenant_id, id)
       INSERT INTO message_attempts (tenant_id, id, message_id, number, lease_epoch, credential_version) SELECT tenant_id, id, id, 1, 1, 1 FROM a`,
    );
    const found = await lockStatusTargets(tx, written.map(({ tenantId, id, phoneNumberId: numberId }) => ({ tenantId, numberId, attemptId: id, wamid: 'x' })));
    expect(found).toHaveLength(SET);
    const unchanged = { reason: null, playedAt: null, failedAt: null, errorCode: null, errorText: null, deadLettered: false, duplicateSuspected: false, pricing: null };
    await applyStatusChanges(tx, found.map(({ tenantId, id, wamid }) => ({
      ...unchanged, tenantId, id, wamid, state: 'READ', sentAt: now, deliveredAt: now, readAt: now, conversationId: null,
    })));
    await tellStatuses(tx, found.map(({ tenantId, id: messageId }) => ({ tenantId, messageId, type: 'read', detail: JSON.stringify({ id: randomUUID() }), event: 'whatsapp.message_read' })));
    for (const name of ['statuses.lock-targets', 'statuses.apply', 'statuses.tell']) expectLinear(name);
  });
});
