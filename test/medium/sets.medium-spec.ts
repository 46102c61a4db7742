import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  AccessLookups,
  applyChanges,
  applyStatusChanges,
  applyTemplateFacts,
  cancelMessage,
  Claims,
  dropDraft,
  ensureContacts,
  ensureConversations,
  ensurePastConversations,
  fillPlaceholders,
  growConversations,
  growFromApp,
  Holds,
  insertMessages,
  keepBreaker,
  lockChangeTargets,
  lockStatusTargets,
  markAutomated,
  markSending,
  noteProbing,
  noteRefusedToken,
  noteStatuses,
  NumberLeases,
  readActiveHours,
  readFacts,
  readKeptAnswers,
  readTemplates,
  nameConfirmations,
  ownNumbers,
  recordConsents,
  recordMarketingStops,
  refusedByNumber,
  recordResponses,
  recordOutcomes,
  releaseHeldMessages,
  renewToken,
  resumeAfterCredential,
  storeAppMessages,
  storeInbound,
  syncTemplates,
  SystemDb,
  tellChanges,
  tellEchoes,
  tellHistory,
  tellStatuses,
  wantSync,
  withoutServiceConsent,
  awaitMedia,
  finishRuns,
  flagForHuman,
  insertRuns,
  noteLearnt,
  readChainRows,
  readSpeaker,
  readSpoken,
  releaseRun,
  retryRun,
  wakeRunsOf,
  type ClaimedMessage,
  type FactsQuery,
  type LeasedNumber,
  type NewMessage,
  type SystemTx,
} from '@parley/data';
import { provenTenant } from '@parley/domain';
import { listedTemplate } from '@parley/messaging';
import { workerDatabase } from '../support/database.js';
import {
  insertConversation,
  insertInbound,
  insertMessage,
  insertRow,
  makeTenant,
  openPool,
  pairOf,
  uniqueDigits,
  UNSERVED,
  type TestTenant,
} from '../support/fixtures.js';

/** A tenant with a row for every statement to go for. */
interface Target extends TestTenant {
  messageId: string;
  attemptId: string;
  wamid: string;
  inboundId: string;
  conversationId: string;
  key: string;
}

const FOREIGN_KEY = { code: '23503' };
const now = new Date();

async function makeTarget(pool: pg.Pool): Promise<Target> {
  const tenant = await makeTenant(pool);
  const attemptId = randomUUID();
  const wamid = `wamid.${uniqueDigits(20)}`;
  const key = uniqueDigits();
  const conversationId = await insertConversation(pool, pairOf(tenant), 1);
  const lease = { lease_epoch: 1, lease_until: new Date(Date.now() + 60_000) };
  const messageId = await insertMessage(pool, pairOf(tenant), { state: 'DISPATCHED', columns: { attempt_id: attemptId, wamid, ...lease } });
  const attempt = { id: attemptId, message_id: messageId, number: 1, lease_epoch: 1, credential_version: 1 };
  await insertRow(pool, 'message_attempts', { tenant_id: tenant.tenantId, ...attempt });
  const idempotency = { source: 'api', key, request_hash: Buffer.alloc(32), message_id: messageId };
  await insertRow(pool, 'idempotency_keys', { tenant_id: tenant.tenantId, ...idempotency });
  await pool.query(
    `UPDATE phone_numbers SET lease_epoch = 1, lease_until = now() + interval '60 seconds' WHERE id = $1`,
    [tenant.number.id],
  );
  const inboundId = await insertInbound(pool, pairOf(tenant), conversationId);
  return { ...tenant, messageId, attemptId, wamid, inboundId, conversationId, key };
}

describe('every set statement, given a row with the ids of another tenant', () => {
  let pool: pg.Pool;
  let db: SystemDb;
  let tables: string[];
  /** Who asks, and whose ids are named. */
  let one: Target;
  let other: Target;

  beforeAll(async () => {
    pool = openPool((await workerDatabase()).system);
    db = new SystemDb(pool);
    const { rows } = await pool.query<{ name: string }>(
      `SELECT relname::text AS name FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
          AND has_table_privilege(oid, 'SELECT') AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')`,
    );
    tables = rows.map(({ name }) => name);
  });
  beforeEach(async () => {
    [one, other] = [await makeTarget(pool), await makeTarget(pool)];
  });
  afterAll(() => pool.end());

  /** All rows of both tenants, as one text. */
  async function picture(): Promise<string[]> {
    const pictures: string[] = [];
    for (const table of tables) {
      const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t WHERE tenant_id = ANY ($1) ORDER BY 1`, [[one.tenantId, other.tenantId]]);
      pictures.push(...rows.map(({ row }) => `${table} ${row}`));
    }
    return pictures;
  }

  /** Nothing of either tenant changes; answers what the statement answered, or the foreign key that refused it. */
  async function changesNothing(work: (tx: SystemTx) => Promise<unknown>): Promise<unknown> {
    const before = await picture();
    const answer = await db.transaction(work).catch((error: unknown) => {
      if ((error as { code?: unknown }).code === FOREIGN_KEY.code) return error;
      throw error;
    });
    expect(await picture()).toEqual(before);
    return answer;
  }

  const facts = (changes: Partial<FactsQuery> = {}): FactsQuery => ({
    tenantId: one.tenantId,
    numberId: one.number.id,
    recipient: one.contact.phone,
    contactId: null,
    mediaIds: [],
    templateName: one.template.name,
    templateLanguage: one.template.language,
    source: 'api',
    key: one.key,
    ...changes,
  });

  describe('acceptance', () => {
    it('reads no fact of another', async () => {
      const foreign = { numberId: other.number.id, recipient: other.contact.phone, templateName: other.template.name, key: other.key };
      const answer = await changesNothing((tx) => readFacts(tx, [facts(foreign), facts({ ...foreign, numberId: one.number.id })]));
      const nothing = { contactId: null, consents: null, windowOpenUntil: null, templateId: null, templateVersion: null, keyTaken: false };
      expect(answer).toMatchObject([
        { ...nothing, numberId: null, accountId: null, numberStatus: null },
        { ...nothing, numberId: one.number.id },
      ]);
    });

    it("reads no contact and no media of another, and one's own", async () => {
      const columns = { direction: 'OUTBOUND', kind: 'image', state: 'STORED', mime_type: 'image/png', storage_key: 'x' };
      const mediaOf = async ({ tenantId }: Target): Promise<string> =>
        (await insertRow<{ id: string }>(pool, 'media', { tenant_id: tenantId, ...columns })).id;
      const [mine, theirs] = [await mediaOf(one), await mediaOf(other)];
      const ask = (contactId: string): FactsQuery => facts({ recipient: null, contactId, mediaIds: [mine, theirs] });
      expect(await changesNothing((tx) => readFacts(tx, [ask(other.contact.id), ask(one.contact.id)]))).toMatchObject([
        { contactId: null, contactAddresses: null, consents: null, media: [{ id: mine }] },
        { contactId: one.contact.id, contactAddresses: { phone: one.contact.phone }, media: [{ id: mine, kind: 'image', state: 'STORED', mimeType: 'image/png' }] },
      ]);
    });

    it('answers by position, also beside a tenant that is gone', async () => {
      const gone = facts({ tenantId: provenTenant(randomUUID()) });
      const rows = await db.transaction((tx) => readFacts(tx, [facts(), gone, facts({ tenantId: other.tenantId, numberId: other.number.id })]));
      expect(rows).toMatchObject([
        { moduleEnabled: true, numberId: one.number.id },
        { moduleEnabled: false, numberId: null },
        { moduleEnabled: true, numberId: other.number.id },
      ]);
    });

    it('reads no template and no kept answer of another', async () => {
      expect(await changesNothing((tx) => readTemplates(tx, [{ tenantId: one.tenantId, id: other.template.id }]))).toEqual([]);
      const key = { tenantId: one.tenantId, source: 'api' as const, key: other.key };
      expect(await changesNothing((tx) => readKeptAnswers(tx, [key]))).toEqual([]);
    });

    const ownMessage = (): NewMessage => ({
      tenantId: one.tenantId,
      numberId: one.number.id,
      contactId: one.contact.id,
      sender: 'app',
      kind: 'text',
      content: '{}',
      payload: '{}',
      displayContent: '',
      recipient: one.contact.phone,
      lane: 1,
      laneInWindow: 1,
      purpose: 'service',
      templateId: null,
      templateVersion: null,
      replyToWamid: null,
      mediaIds: [],
      maxAttempts: 3,
      sendAt: null,
      validSeconds: 60,
      customerId: null,
      orderId: null,
      quoteId: null,
      userId: null,
      source: 'api',
      key: uniqueDigits(),
      requestHash: Buffer.alloc(32),
      arrival: 0,
    });

    it("writes one's own message", async () => {
      const undo = new Error('undo');
      const writing = db.transaction(async (tx) => {
        const text = 'UPDATE conversations SET last_inbound_at = now() WHERE tenant_id = $1 AND id = $2';
        await tx.query({ name: 'test.open-window', text }, [one.tenantId, one.conversationId]);
        expect(await insertMessages(tx, [ownMessage()])).toMatchObject([{ tenantId: one.tenantId, contactId: one.contact.id }]);
        throw undo;
      });
      await expect(writing).rejects.toBe(undo);
    });

    it.each([
      ['number', () => ({ numberId: other.number.id })],
      ['contact', () => ({ contactId: other.contact.id })],
      ['phone', () => ({ contactId: null, recipient: other.contact.phone })],
      ['template', () => ({ templateId: other.template.id })],
    ])('writes no message with the %s of another', async (_, foreign) => {
      const message = { ...ownMessage(), ...foreign() };
      expect(await changesNothing((tx) => insertMessages(tx, [message]))).toEqual([]);
    });
  });

  describe('sending', () => {
    const leaseOnForeign = (): LeasedNumber => ({
      tenantId: one.tenantId,
      numberId: other.number.id,
      graphId: other.number.graphId,
      accountId: other.accountId,
      perSecond: 80,
      epoch: '1',
      previousLimiter: null,
      weight: 1,
      portfolioId: '1',
      tier: null,
      breaker: null,
    });
    const foreignClaim = (): ClaimedMessage =>
      ({ tenantId: one.tenantId, id: other.messageId, attemptId: other.attemptId }) as Partial<ClaimedMessage> as ClaimedMessage;

    it('claims nothing', async () => {
      await insertMessage(pool, pairOf(other), { templateId: other.template.id });
      expect(await changesNothing(() => new Claims(db, randomUUID()).claim(leaseOnForeign(), 10))).toEqual([]);
    });

    it('notes and gives back nothing', async () => {
      const leases = new NumberLeases(db);
      expect(await changesNothing(() => leases.noteLimiter(leaseOnForeign(), 'redis'))).toBe(false);
      expect(await changesNothing(() => leases.release(leaseOnForeign()))).toBe(false);
      await changesNothing(() => new Claims(db, randomUUID()).giveBack([foreignClaim()]));
      await changesNothing(() => new Claims(db, randomUUID()).setAside([{ message: foreignClaim(), cause: 'quota', retryInMs: 1_000 }]));
    });

    it('cancels nothing, and does not tell when the customers of another read', async () => {
      const id = await insertMessage(pool, pairOf(other));
      expect(await changesNothing(() => cancelMessage(db, one.tenantId, id, 'spec'))).toBeNull();
      expect(await cancelMessage(db, other.tenantId, id, 'spec')).not.toBeNull();
      await insertInbound(pool, pairOf(other), other.conversationId);
      const hours = async (tenantId: TestTenant['tenantId']) =>
        (await readActiveHours(db, [{ tenantId, numberId: other.number.id, contactId: other.contact.id }]))[0]!.reduce((sum, count) => sum + count, 0);
      expect([await hours(one.tenantId), await hours(other.tenantId)]).toEqual([0, 2]);
    });

    it('marks nothing, neither the message nor under the number of another', async () => {
      const mark = { tenantId: one.tenantId, messageId: other.messageId, numberId: other.number.id, attemptId: other.attemptId, epoch: '1' };
      const underNumber = { ...mark, messageId: one.messageId, attemptId: one.attemptId };
      expect(await changesNothing(() => markSending(db, [mark, underNumber]))).toEqual([false, false]);
    });

    it('records nothing', async () => {
      const outcome = {
        tenantId: one.tenantId,
        messageId: other.messageId,
        attemptId: other.attemptId,
        outcome: 'accepted' as const,
        state: 'ACCEPTED' as const,
        retryInMs: null,
        waitCause: null,
        isSpared: false,
        reason: null,
        wamid: 'wamid.forged',
        waId: '40722999999',
        httpStatus: 200,
        errorCode: null,
        errorSubcode: null,
        errorText: null,
        traceId: null,
        answer: null,
      };
      expect(await changesNothing(() => recordOutcomes(db, [outcome, { ...outcome, messageId: one.messageId }]))).toEqual([null, null]);
    });

    it('pauses and resumes nothing', async () => {
      const held = { cause: 'credential', reason: 'credential.invalid', actor: 'spec', untilMs: null } as const;
      const theirs = { number: other.number.id, account: other.accountId, template: other.template.id };
      for (const scope of ['number', 'account', 'template'] as const) {
        const named = { scope, scopeId: theirs[scope] };
        expect(await changesNothing((tx) => new Holds(tx).begin({ ...held, ...named, tenantId: one.tenantId }))).toBe(false);
        expect(await new Holds(db).begin({ ...held, ...named, tenantId: other.tenantId })).toBe(true);
        expect(await changesNothing((tx) => new Holds(tx).end({ ...named, tenantId: one.tenantId, actor: 'spec' }))).toBeNull();
      }
      expect(await changesNothing(() => resumeAfterCredential(db, one.tenantId, other.accountId))).toEqual([]);
    });

    it('keeps no breaker for a number, and no refused token for an account, of another', async () => {
      const forged = { tenantId: one.tenantId, numberId: other.number.id };
      await changesNothing(() => keepBreaker(db, forged, { openings: 1 }));
      await changesNothing(() => noteProbing(db, forged));
      await changesNothing(() => noteRefusedToken(db, one.tenantId, other.accountId, 'forged'));
      const refused = { tenantId: one.tenantId, accountId: other.accountId, tokenVersion: 1, refusedToken: '' };
      expect(await changesNothing(() => renewToken(db, refused, 'forged'))).toBe(false);
    });

    it('opens no account of another', async () => {
      expect(await new AccessLookups(db).wabaIdOf(one.tenantId, other.accountId)).toBeNull();
      expect(await new AccessLookups(db).sealedToken(one.tenantId, other.accountId)).toBeNull();
      expect(await new AccessLookups(db).sealedToken(other.tenantId, other.accountId)).not.toBeNull();
    });
  });

  describe('statuses', () => {
    it('find no message by attempt or wamid, under whichever number', async () => {
      const keys = [
        { numberId: other.number.id, attemptId: other.attemptId, wamid: other.wamid },
        { numberId: one.number.id, attemptId: other.attemptId, wamid: other.wamid },
        { numberId: other.number.id, attemptId: null, wamid: other.wamid },
        { numberId: one.number.id, attemptId: null, wamid: other.wamid },
        // One's own message, said to be on another's number: attempt and number must fit together.
        { numberId: other.number.id, attemptId: one.attemptId, wamid: one.wamid },
      ];
      expect(await changesNothing((tx) => lockStatusTargets(tx, keys.map((key) => ({ tenantId: one.tenantId, ...key }))))).toEqual([]);
    });

    it('change nothing and tell nothing', async () => {
      const times = { sentAt: now, deliveredAt: now, readAt: now, playedAt: now, failedAt: now };
      const change = { tenantId: one.tenantId, id: other.messageId, state: 'FAILED', reason: 'x', wamid: 'wamid.forged', ...times, errorCode: 1, errorText: 'x', deadLettered: true, duplicateSuspected: true, pricing: '{}' };
      await changesNothing((tx) => applyStatusChanges(tx, [{ ...change, conversationId: other.conversationId }]));
      const news = { tenantId: one.tenantId, messageId: other.messageId, type: 'read', detail: '{}', event: 'whatsapp.message_read' };
      await changesNothing((tx) => tellStatuses(tx, [news]));
    });

    it('do not move a message of one\'s own into a conversation of another', async () => {
      const times = { sentAt: now, deliveredAt: null, readAt: null, playedAt: null, failedAt: null };
      const change = { tenantId: one.tenantId, id: one.messageId, state: 'SENT', reason: null, wamid: one.wamid, ...times, errorCode: null, errorText: null, deadLettered: false, duplicateSuspected: false, pricing: null };
      expect(await changesNothing((tx) => applyStatusChanges(tx, [{ ...change, conversationId: other.conversationId }]))).toMatchObject(FOREIGN_KEY);
    });
  });

  describe('inbound', () => {
    const pair = (changes: object = {}) => ({ tenantId: one.tenantId, numberId: one.number.id, contactId: one.contact.id, ...changes });

    it.each([
      ['number', () => ({ numberId: other.number.id }), []],
      ['contact', () => ({ contactId: other.contact.id }), FOREIGN_KEY],
    ])('opens no conversation with the %s of another', async (_, foreign, answer) => {
      expect(await changesNothing((tx) => ensureConversations(tx, [pair(foreign())]))).toMatchObject(answer);
    });

    it.each([
      ['number', () => ({ numberId: other.number.id }), []],
      ['contact', () => ({ contactId: other.contact.id }), FOREIGN_KEY],
      ['conversation', () => ({ conversationId: other.conversationId }), FOREIGN_KEY],
    ])('stores no message with the %s of another', async (_, foreign, answer) => {
      const message = { conversationId: one.conversationId, wamid: `wamid.${uniqueDigits()}`, kind: 'text', content: '{}', displayContent: '', replyToWamid: null, media: null, at: now };
      expect(await changesNothing((tx) => storeInbound(tx, [{ ...pair(), ...message, ...foreign() }]))).toMatchObject(answer);
    });

    it('lets no conversation and no contact of another grow, and tells nobody that it did', async () => {
      const growth = { tenantId: one.tenantId, conversationId: other.conversationId, contactId: other.contact.id, contactName: 'Forged', count: 7, lastMessage: 'x', firstAt: now, lastAt: now };
      await changesNothing((tx) => growConversations(tx, [{ ...growth, service: UNSERVED, opened: true, reopenedTo: 'OPEN', reopensFor: null }]));
    });

    it('notes no response in the conversation of another', async () => {
      const answered = { askedAt: now, answeredAt: now, seconds: 0, businessSeconds: 0, isFirst: true, inTime: true, byStaff: true, assignee: null };
      const response = { ...pair(), conversationId: other.conversationId, ...answered };
      expect(await changesNothing((tx) => recordResponses(tx, [response]))).toMatchObject(FOREIGN_KEY);
    });

    it('marks no message of another as answered', async () => {
      await changesNothing((tx) => markAutomated(tx, [{ tenantId: one.tenantId, messageId: other.inboundId }]));
    });

    it('begins, ends, wakes and moves no automatic answer to a message of another, and learns nothing of it', async () => {
      const [foreign, own] = [{ tenantId: one.tenantId, messageId: other.inboundId }, { tenantId: other.tenantId, messageId: other.inboundId }];
      const mediaId = randomUUID();
      const step = { step: 'voice', type: 'transcribe', position: 0, reason: null, leaseSeconds: 60, period: null };
      await db.transaction((tx) => insertRuns(tx, [{ ...own, ...step, state: 'RUNNING' }]));
      await pool.query('UPDATE automation_runs SET waits_for = $2 WHERE message_id = $1', [other.inboundId, mediaId]);
      const run = { ...foreign, step: 'voice', attempts: 1 };
      await changesNothing(async (tx) => {
        expect(await insertRuns(tx, [{ ...foreign, ...step, step: 'echo', state: 'DUE' }])).toEqual([]);
        expect(await finishRuns(tx, [{ ...run, state: 'PASSED', reason: null, detail: null }])).toEqual([]);
        expect(await readChainRows(tx, [foreign])).toEqual([]);
        await retryRun(tx, run, 0, 'timeout');
        await releaseRun(tx, run);
        await awaitMedia(tx, run, mediaId, 0);
        await noteLearnt(tx, foreign, { transcript: 'forged', intent: { name: 'forged', confidence: 1 } });
        await flagForHuman(tx, foreign, other.conversationId, 'forged', 'bot');
        expect(await wakeRunsOf(tx, one.tenantId, mediaId)).toBe(0);
        expect(await readSpeaker(tx, one.tenantId, other.conversationId)).toBeNull();
        expect(await readSpoken(tx, foreign, other.conversationId, 10)).toEqual([]);
      });
      expect(await db.transaction((tx) => readSpoken(tx, own, other.conversationId, 10))).toHaveLength(1);
    });
  });

  describe('what the Business app tells, and what writers change', () => {
    const pair = () => ({ tenantId: one.tenantId, numberId: one.number.id, contactId: one.contact.id });
    const message = () => ({
      ...pair(), conversationId: one.conversationId, direction: 'OUTBOUND' as const, wamid: `wamid.${uniqueDigits()}`, kind: 'text', content: '{}', displayContent: '',
      replyToWamid: null, recipient: null, state: 'SENT', reason: null, media: null, at: now,
    });

    it.each([
      ['number', () => ({ numberId: other.number.id }), []],
      ['contact', () => ({ contactId: other.contact.id }), FOREIGN_KEY],
      ['conversation', () => ({ conversationId: other.conversationId }), FOREIGN_KEY],
    ])('stores nothing with the %s of another', async (_, foreign, answer) => {
      for (const order of ['arrival', 'meta-time'] as const) {
        expect(await changesNothing((tx) => storeAppMessages(tx, [{ ...message(), ...foreign() }], order))).toMatchObject(answer);
      }
    });

    it('opens no conversation of another, lets none grow, and tells nobody of it', async () => {
      expect(await changesNothing((tx) => ensurePastConversations(tx, [{ ...pair(), numberId: other.number.id }]))).toEqual([]);
      expect(await changesNothing((tx) => ensurePastConversations(tx, [{ ...pair(), contactId: other.contact.id }]))).toMatchObject(FOREIGN_KEY);
      const growth = { tenantId: one.tenantId, conversationId: other.conversationId, contactId: other.contact.id, count: 7, lastMessage: 'x', lastAt: now };
      const times = { firstInboundAt: now, lastInboundAt: now, firstAnswerAt: now, lastAnswerAt: now };
      await changesNothing((tx) => growFromApp(tx, [{ ...growth, ...times, opened: true }]));
      await changesNothing((tx) => tellEchoes(tx, [{ tenantId: one.tenantId, id: other.messageId }]));
      await changesNothing((tx) => tellHistory(tx, [{ tenantId: one.tenantId, numberId: one.number.id, id: other.messageId }]));
    });

    it('fills no placeholder of another', async () => {
      await pool.query(`UPDATE messages SET kind = 'unsupported', content = '{"type":"media_placeholder"}' WHERE id = $1`, [other.messageId]);
      const media = { graphMediaId: '1', kind: 'image' as const, mimeType: null, sha256: null, fileName: null };
      for (const numberId of [one.number.id, other.number.id]) {
        const file = { tenantId: one.tenantId, numberId, wamid: other.wamid, kind: 'image', content: '{}', displayContent: '', at: now, media };
        expect(await changesNothing((tx) => fillPlaceholders(tx, [file]))).toEqual([]);
      }
    });

    it('finds no message of another to change, changes none, and notes nothing on its timeline', async () => {
      const keys = [one.number.id, other.number.id].map((numberId) => ({ tenantId: one.tenantId, numberId, wamid: other.wamid, direction: 'OUTBOUND' as const }));
      expect(await changesNothing((tx) => lockChangeTargets(tx, keys))).toEqual([]);
      const changed = { tenantId: one.tenantId, id: other.messageId, numberId: other.number.id, kind: 'text', content: '{}', displayContent: 'x', editedAt: now, revokedAt: now };
      await changesNothing((tx) => applyChanges(tx, [{ ...changed, media: null, at: now }]));
      const step = { tenantId: one.tenantId, messageId: other.messageId, type: 'edited' as const, detail: '{}', event: 'whatsapp.message_edited' };
      await changesNothing((tx) => tellChanges(tx, [step]));
      expect(await changesNothing((tx) => noteStatuses(tx, [{ tenantId: one.tenantId, messageId: other.messageId, note: 'warning', detail: '{}' }]))).toEqual([]);
    });
  });

  describe('contacts, consents and templates', () => {
    it('takes the phone of another\'s contact for a person whom it does not know', async () => {
      const before = await pool.query('SELECT * FROM contacts WHERE tenant_id = $1', [other.tenantId]);
      const [id] = await db.transaction((tx) =>
        ensureContacts(tx, [{ tenantId: one.tenantId, identities: [{ kind: 'phone', value: other.contact.phone }], name: 'Mia' }]),
      );
      expect(id).not.toBe(other.contact.id);
      const { rows } = await pool.query('SELECT tenant_id FROM contacts WHERE id = $1', [id]);
      expect(rows).toEqual([{ tenant_id: one.tenantId }]);
      expect((await pool.query('SELECT * FROM contacts WHERE tenant_id = $1', [other.tenantId])).rows).toEqual(before.rows);
    });

    it('records no consent for a contact of another, and does not tell what that one decided', async () => {
      const decision = { tenantId: one.tenantId, contactId: other.contact.id, purpose: 'service', status: 'REVOKED', source: 'x', evidence: null, actor: 'x', messageId: null };
      expect(await changesNothing((tx) => recordConsents(tx, [decision]))).toMatchObject(FOREIGN_KEY);
      const ofNumber = { ...decision, contactId: one.contact.id, numberId: other.number.id };
      expect(await changesNothing((tx) => recordConsents(tx, [ofNumber]))).toMatchObject(FOREIGN_KEY);
      const foreign = { tenantId: one.tenantId, contactId: other.contact.id, numberId: other.number.id };
      expect(await changesNothing((tx) => nameConfirmations(tx, [{ ...foreign, messageId: other.inboundId }]))).toBeUndefined();
      expect(await changesNothing((tx) => refusedByNumber(tx, [foreign]))).toEqual([]);
      expect(await changesNothing((tx) => ownNumbers(tx, one.tenantId, [other.number.id]))).toEqual([]);
      expect(await changesNothing((tx) => recordMarketingStops(tx, [{ ...foreign, messageId: other.inboundId, at: null }]))).toMatchObject(FOREIGN_KEY);
      const unknown = randomUUID();
      const ask = (contactId: string) => changesNothing((tx) => withoutServiceConsent(tx, [{ tenantId: one.tenantId, contactId, numberId: one.number.id }]));
      expect(await ask(other.contact.id)).toEqual([{ tenantId: one.tenantId, contactId: other.contact.id }]);
      expect(await ask(unknown)).toEqual([{ tenantId: one.tenantId, contactId: unknown }]);
    });

    it('syncs no template into the account of another, and removes none there', async () => {
      const listed = listedTemplate({ id: '1', name: 'forged', language: 'en', status: 'APPROVED' }, now);
      expect(await changesNothing((tx) => syncTemplates(tx, one.tenantId, other.accountId, [listed], now))).toEqual([]);
    });

    it('applies no news to a template of another, and lets nothing go that it holds', async () => {
      const { id, name, language } = other.template;
      const facts = { metaId: null, name, language, status: { at: now, value: 'PAUSED' as const, reason: null }, category: null, quality: null, components: null };
      expect(await changesNothing((tx) => applyTemplateFacts(tx, [{ tenantId: one.tenantId, accountId: other.accountId, facts }]))).toEqual([]);
      expect(await changesNothing((tx) => dropDraft(tx, one.tenantId, id))).toEqual([]);
      expect(await changesNothing((tx) => wantSync(tx, [{ tenantId: one.tenantId, id: other.accountId }]))).toEqual([]);
      await insertMessage(pool, pairOf(other), { templateId: id, state: 'WAITING', columns: { wait_cause: 'template' } });
      expect(await changesNothing((tx) => releaseHeldMessages(tx, [{ tenantId: one.tenantId, templateId: id }]))).toEqual([]);
    });
  });
});
