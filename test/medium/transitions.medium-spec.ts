import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  cancelMessage,
  Claims,
  markSending,
  recordOutcomes,
  redriveMessages,
  SendingSweep,
  settleUnsent,
  SystemDb,
  type AttemptOutcome,
  type ClaimedMessage,
  type LeasedNumber,
} from '@parley/data';
import {
  canTransition,
  MESSAGE_STATES,
  MESSAGE_STATUSES,
  MESSAGE_TRANSITIONS,
  UNCERTAIN,
  type MessageState,
  type MessageStatus,
} from '@parley/domain';
import { applyStatusItems } from '../../apps/worker/src/inbound/apply-statuses.js';
import type { RoutedWork, StatusItem } from '../../apps/worker/src/inbound/inbound-item.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { insertContact, insertMessage, insertTemplate, makeTenant, openPool, pairOf, setConsent, type TestPair, type TestTenant } from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';

/** Transitions of the table that no statement makes yet, by the feature that will make them and take its line away. */
const NOT_BUILT_YET: Readonly<Record<string, readonly string[]>> = {
};

interface Change {
  from: MessageState;
  to: MessageState;
  reason: string | null;
}

const LOG = `
  CREATE TABLE spec_transitions (from_state text, to_state text, reason text);
  CREATE FUNCTION spec_note_transition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO spec_transitions VALUES (OLD.state, NEW.state, OLD.reason);
    RETURN NULL;
  END $$;
  CREATE TRIGGER spec_note_transition AFTER UPDATE ON messages FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION spec_note_transition()`;

// Everything that changes the state of a message runs here once in every way that it knows, in a database that notes each change.
describe('the transitions that the statements make', () => {
  let database: TestDatabase & { drop(): Promise<void> };
  let owner: pg.Pool;
  let pool: pg.Pool;
  let db: SystemDb;
  let tenant: TestTenant;
  let lease: LeasedNumber;

  beforeAll(async () => {
    database = await freshDatabase();
    [owner, pool] = [openPool(database.owner, 1), openPool(database.system)];
    db = new SystemDb(pool);
    await owner.query(LOG);
    tenant = await makeTenant(pool);
    lease = (await takeNumber(db, tenant.number.id))!;
  });
  afterAll(async () => {
    await Promise.all([owner.end(), pool.end()]);
    await database.drop();
  });

  const changes = async (): Promise<Change[]> =>
    (await owner.query<Change>('SELECT DISTINCT from_state AS from, to_state AS to, reason FROM spec_transitions')).rows;

  const newPair = async (): Promise<TestPair> => pairOf(tenant, await insertContact(pool, tenant.tenantId, { consents: ['utility'] }));
  const template = () => ({ templateId: tenant.template.id });
  const claim = (): Promise<ClaimedMessage[]> => new Claims(db, randomUUID()).claim(lease, 100);
  const markOf = (one: ClaimedMessage) => ({ tenantId: one.tenantId, messageId: one.id, numberId: tenant.number.id, attemptId: one.attemptId, epoch: lease.epoch });

  const outcomeOf = (one: ClaimedMessage, state: AttemptOutcome['state']): AttemptOutcome => ({
    tenantId: one.tenantId,
    messageId: one.id,
    attemptId: one.attemptId,
    outcome: state === 'ACCEPTED' ? 'accepted' : state === 'UNKNOWN' ? 'unknown' : 'refused',
    state,
    retryInMs: state === 'WAITING' ? 0 : null,
    waitCause: state === 'WAITING' ? 'retry' : null,
    isSpared: false,
    reason: state === 'ACCEPTED' ? null : 'spec',
    wamid: state === 'ACCEPTED' ? `wamid.${one.id}` : null,
    waId: null,
    httpStatus: null,
    errorCode: null,
    errorSubcode: null,
    errorText: null,
    traceId: null,
    answer: null,
  });

  it('claims, gives back, marks and records', async () => {
    for (const state of ['ACCEPTED', 'WAITING', 'FAILED', 'UNKNOWN'] as const) {
      await insertMessage(pool, await newPair(), template());
      await new Claims(db, randomUUID()).giveBack(await claim());
      const [claimed] = await claim();
      expect(await markSending(db, [markOf(claimed!)])).toEqual([true]);
      if (state !== 'UNKNOWN') {
        await recordOutcomes(db, [outcomeOf(claimed!, state)]);
        continue;
      }
      // A doubt, and every answer that may still come.
      for (const answer of ['ACCEPTED', 'WAITING', 'FAILED'] as const) {
        await insertMessage(pool, await newPair(), template());
        const [doubtful] = (await claim()).filter(({ state: claimedState }) => claimedState === 'DISPATCHED');
        await markSending(db, [markOf(doubtful!)]);
        await recordOutcomes(db, [outcomeOf(doubtful!, 'UNKNOWN')]);
        await recordOutcomes(db, [outcomeOf(doubtful!, answer)]);
      }
    }
  });

  it('turns back what cannot leave for want of its media', async () => {
    for (const state of ['WAITING', 'FAILED'] as const) {
      await insertMessage(pool, await newPair(), template());
      const [claimed] = (await claim()).filter((one) => one.state === 'DISPATCHED');
      expect(await settleUnsent(db, { ...outcomeOf(claimed!, state), outcome: 'not-sent', counts: true })).toMatchObject({ state });
    }
  });

  it('checks at leaving', async () => {
    const pair = await newPair();
    await insertMessage(pool, pair, { ...template(), columns: { valid_until: new Date(0) } });
    await insertMessage(pool, pair, template());
    await insertMessage(pool, pair, template());
    const revoked = await newPair();
    await setConsent(pool, tenant.tenantId, revoked.contactId, 'utility', 'REVOKED');
    await insertMessage(pool, revoked, template());
    for (const status of ['PAUSED', 'DISABLED']) {
      const { id: templateId } = await insertTemplate(pool, tenant.tenantId, tenant.accountId, { status });
      await insertMessage(pool, await newPair(), { templateId });
    }
    await insertMessage(pool, await newPair(), { lane: 1, purpose: 'service' });
    const states = (await claim()).map(({ state }) => state).sort();
    expect(states).toEqual(['DISPATCHED', 'EXPIRED', 'FAILED', 'FAILED', 'FAILED', 'WAITING', 'WAITING']);
  });

  it('redrives', async () => {
    const columns = { failed_at: new Date(0), dead_lettered_at: new Date(0), reason: 'spec' };
    const id = await insertMessage(pool, await newPair(), { ...template(), state: 'FAILED', columns });
    const [redriven] = await redriveMessages(db, [id], { tenantId: tenant.tenantId, actor: 'spec', allowDuplicate: false, validSeconds: 60 });
    expect(redriven).toMatchObject({ id, verdict: 'redriven' });
  });

  it('sweeps', async () => {
    const over = { lease_until: new Date(0) };
    await insertMessage(pool, await newPair(), { state: 'DISPATCHED', columns: over });
    await insertMessage(pool, await newPair(), { state: 'SENDING', columns: over });
    await insertMessage(pool, await newPair(), { state: 'WAITING', columns: { wait_cause: 'retry', wait_until: new Date(0) } });
    await insertMessage(pool, await newPair(), { state: 'WAITING', columns: { wait_cause: 'pair' } });
    const sweep = new SendingSweep(db);
    expect((await sweep.reclaimExpired()).unknown).toBe(1);
    expect(await sweep.promoteDue()).not.toEqual([]);
    expect(await sweep.freeAllPairs()).toBeGreaterThanOrEqual(1);
  });

  it('cancels, sets aside, and ends what waited for too long', async () => {
    for (const columns of [{}, { wait_cause: 'schedule', wait_until: new Date(Date.now() + 60_000) }]) {
      const id = await insertMessage(pool, await newPair(), { state: 'wait_cause' in columns ? 'WAITING' : 'QUEUED', columns });
      expect(await cancelMessage(db, tenant.tenantId, id, 'spec')).not.toBeNull();
    }
    await insertMessage(pool, await newPair(), template());
    const [claimed] = (await claim()).filter(({ state }) => state === 'DISPATCHED');
    await new Claims(db, randomUUID()).setAside([{ message: claimed!, cause: 'quota', retryInMs: 0 }]);
    await insertMessage(pool, await newPair(), { state: 'WAITING', columns: { wait_cause: 'retry', wait_until: new Date(0), valid_until: new Date(0) } });
    await new SendingSweep(db).promoteDue();
  });

  it('applies every status to every state', async () => {
    const starts: [MessageState, string | null][] = MESSAGE_STATES.filter((state) => state !== 'RECEIVED').map((state) => [state, null]);
    for (const [state, reason] of [...starts, ['FAILED', UNCERTAIN] as [MessageState, string]]) {
      for (const status of MESSAGE_STATUSES) {
        const wamid = `wamid.${randomUUID()}`;
        const columns = { wamid, reason, ...(state === 'WAITING' && { wait_cause: 'retry' }), ...(state === 'FAILED' && { failed_at: new Date(0) }) };
        await insertMessage(pool, await newPair(), { state, columns });
        await db.transaction((tx) => applyStatusItems(tx, [statusWork(wamid, status)], new Date()));
      }
    }
  });

  function statusWork(wamid: string, status: MessageStatus): RoutedWork<StatusItem> {
    const content = { wamid, status, opaque: null, at: new Date(), errors: [], pricing: null, conversation: null, recipient: null, recipientId: null, recipientUserId: null };
    return {
      eventId: randomUUID(),
      appTenantId: null,
      attempts: 0,
      isNoted: false,
      item: { kind: 'status', content } as unknown as StatusItem,
      number: { id: tenant.number.id, tenantId: tenant.tenantId, graphId: tenant.number.graphId, enabled: true },
    };
  }

  it('are all in the one table of transitions', async () => {
    const made = await changes();
    expect(made.length).toBeGreaterThan(40);
    expect(made.filter(({ from, to, reason }) => !canTransition(from, to, reason))).toEqual([]);
  });

  it('leave out of that table only what belongs to features that are not built yet', async () => {
    const made = new Set((await changes()).map(({ from, to }) => `${from} -> ${to}`));
    const all = MESSAGE_STATES.flatMap((from) => MESSAGE_TRANSITIONS[from].map((to) => `${from} -> ${to}`));
    const missing = all.filter((transition) => !made.has(transition)).sort();
    expect({ 'not exercised by any statement': missing }).toEqual({ 'not exercised by any statement': Object.values(NOT_BUILT_YET).flat().sort() });
  });
});
