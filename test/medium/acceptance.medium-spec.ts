import { createHash } from 'node:crypto';
import { noop } from 'cockatiel';
import type pg from 'pg';
import { SystemDb } from '@parley/data';
import type { MessageDraft } from '@parley/domain';
import { AcceptMessages, type Acceptance, type AcceptanceRequest } from '@parley/messaging';
import { createMetrics, type Metrics } from '@parley/platform';
import { JobProducer, QUEUE_NAMES, type WakeQueue } from '@parley/queue';
import { workerDatabase } from '../support/database.js';
import {
  insertContact,
  insertConversation,
  insertHold,
  insertNumber,
  insertTemplate,
  makeTenant,
  openPool,
  pairOf,
  setConsent,
  uniqueDigits,
  uniquePhone,
  type Columns,
  type TestTenant,
} from '../support/fixtures.js';

const VALID_SECONDS = 86_400;
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, fatal() {} };

/** A wake-up as it would reach Redis, and whether its messages were committed by then. */
interface Woken {
  numberId: string;
  committed: number;
}

describe('AcceptMessages', () => {
  let pool: pg.Pool;
  let tenant: TestTenant;
  let metrics: Metrics;
  let woken: Woken[];
  let producer: JobProducer;
  let acceptance: AcceptMessages;

  beforeAll(async () => {
    pool = openPool((await workerDatabase()).system);
  });
  beforeEach(async () => {
    tenant = await makeTenant(pool);
    woken = [];
    metrics = createMetrics();
    const addBulk = (async (jobs: readonly { data: { numberId: string } }[]) => {
      for (const { data } of jobs) {
        const { rowCount } = await pool.query('SELECT FROM messages WHERE phone_number_id = $1', [data.numberId]);
        woken.push({ numberId: data.numberId, committed: rowCount ?? 0 });
      }
      return [];
    }) as unknown as WakeQueue['addBulk'];
    const queues = new Map(QUEUE_NAMES.map((name) => [name, { addBulk }]));
    producer = new JobProducer({ queues, policy: noop, isReady: () => true, metrics });
    acceptance = new AcceptMessages({ db: new SystemDb(pool), producer, metrics, logger: SILENT, validSeconds: VALID_SECONDS });
  });
  afterEach(async () => {
    await acceptance.close();
    await producer.flush();
  });
  afterAll(() => pool.end());

  const templateDraft = (changes: Partial<MessageDraft> = {}, name = tenant.template.name, parameters: object = { body: ['Ana'] }): MessageDraft =>
    ({ numberId: tenant.number.id, to: tenant.contact.phone, sender: 'app', kind: 'template', content: { name, language: 'en', parameters }, ...changes }) as MessageDraft;

  const textDraft = (body = 'Hello', changes: Partial<MessageDraft> = {}): MessageDraft =>
    ({ numberId: tenant.number.id, to: tenant.contact.phone, sender: 'app', kind: 'text', content: { body }, ...changes }) as MessageDraft;

  const requestOf = (draft: MessageDraft, idempotencyKey: string | null = null, of: TestTenant = tenant): AcceptanceRequest => ({
    tenantId: of.tenantId,
    draft,
    source: 'api',
    idempotencyKey,
    requestHash: createHash('sha256').update(JSON.stringify(draft)).digest(),
  });
  const accept = (draft: MessageDraft, idempotencyKey: string | null = null): Promise<Acceptance> => acceptance.accept(requestOf(draft, idempotencyKey));

  const rowsOf = async (table: string): Promise<Record<string, unknown>[]> =>
    (await pool.query<Record<string, unknown>>(`SELECT * FROM ${table} WHERE tenant_id = $1 ORDER BY id`, [tenant.tenantId])).rows;
  const count = async (table: string): Promise<number> =>
    (await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = $1`, [tenant.tenantId])).rows[0]!.n;

  describe('writes what passed', () => {
    it('a template message, with its event, and all that the sender needs', async () => {
      const { message, replayed } = await accept(templateDraft({ customerId: 'c-1', orderId: 'o-1' }), uniqueDigits());
      expect(replayed).toBe(false);
      expect(message).toMatchObject({ tenantId: tenant.tenantId, contactId: tenant.contact.id, recipient: tenant.contact.phone, customerId: 'c-1', orderId: 'o-1' });
      const [row] = await rowsOf('messages');
      expect(row).toMatchObject({
        id: message.id,
        state: 'QUEUED',
        direction: 'OUTBOUND',
        lane: 2,
        purpose: 'utility',
        template_id: tenant.template.id,
        max_attempts: 5,
        attempts: 0,
        conversation_id: null,
        payload: { type: 'template', template: expect.objectContaining({ name: tenant.template.name }) as object },
      });
      expect((row!['valid_until'] as Date).getTime() - (row!['created_at'] as Date).getTime()).toBe(VALID_SECONDS * 1_000);
      expect(await rowsOf('events')).toMatchObject([{ type: 'whatsapp.message_accepted', resource_id: message.id, data: { orderId: 'o-1' } }]);
    });

    it('a text while the window is open', async () => {
      await insertConversation(pool, pairOf(tenant), 23.9);
      await accept(textDraft('Bună 🌿'));
      expect(await rowsOf('messages')).toMatchObject([{ kind: 'text', lane: 1, purpose: 'service', display_content: 'Bună 🌿', max_attempts: 3 }]);
    });

    it('a code with ten minutes to live', async () => {
      const components = [{ type: 'BODY', text: '{{1}} is your code.', example: { body_text: [['123456']] } }];
      const { name } = await insertTemplate(pool, tenant.tenantId, tenant.accountId, { category: 'AUTHENTICATION', components });
      await accept(templateDraft({}, name, { body: ['123456'] }));
      const [row] = await rowsOf('messages');
      expect(row).toMatchObject({ lane: 0, purpose: 'authentication' });
      expect((row!['valid_until'] as Date).getTime() - (row!['created_at'] as Date).getTime()).toBe(600_000);
    });

    it('a message on a paused number: it waits, and is not refused', async () => {
      await insertHold(pool, tenant);
      await expect(accept(templateDraft())).resolves.toMatchObject({ replayed: false });
    });

    it('and follows a template from the moment that it changes', async () => {
      await accept(templateDraft());
      await pool.query(`UPDATE templates SET status = 'PAUSED' WHERE id = $1`, [tenant.template.id]);
      await expect(accept(templateDraft())).rejects.toMatchObject({ code: 'template.not-approved' });
      await pool.query(`UPDATE templates SET status = 'APPROVED' WHERE id = $1`, [tenant.template.id]);
      await expect(accept(templateDraft())).resolves.toBeDefined();
    });
  });

  describe('refuses, and writes nothing', () => {
    type Case = readonly [string, string, () => Promise<MessageDraft> | MessageDraft];
    const stranger = async (): Promise<string> => (await insertContact(pool, tenant.tenantId)).phone;
    const decided = (status: 'DENIED' | 'REVOKED') => async (): Promise<MessageDraft> => {
      await setConsent(pool, tenant.tenantId, tenant.contact.id, 'utility', status);
      return templateDraft();
    };
    const withTemplate = async (columns: Columns, parameters?: object): Promise<MessageDraft> =>
      templateDraft({}, (await insertTemplate(pool, tenant.tenantId, tenant.accountId, columns)).name, parameters);
    const textInWindow = async (body: string): Promise<MessageDraft> => {
      await insertConversation(pool, pairOf(tenant), 1);
      return textDraft(body);
    };

    const CASES: readonly Case[] = [
      ['for a tenant that is switched off', 'module.disabled', async () => (await pool.query('UPDATE tenants SET whatsapp_enabled = false WHERE id = $1', [tenant.tenantId]), templateDraft())],
      ['for a tenant that is suspended', 'module.disabled', async () => (await pool.query(`UPDATE tenants SET state = 'SUSPENDED' WHERE id = $1`, [tenant.tenantId]), templateDraft())],
      ['an unknown number', 'number.not-found', () => templateDraft({ numberId: tenant.contact.id })],
      ['a number that Meta does not let send', 'number.not-sendable', async () => (await pool.query(`UPDATE phone_numbers SET status = 'BANNED' WHERE id = $1`, [tenant.number.id]), templateDraft())],
      ['what is no phone number', 'phone.invalid', () => templateDraft({ to: '+40 12' })],
      ['a contact without consent', 'consent.missing', async () => templateDraft({ to: await stranger() })],
      ['somebody whom nobody knows', 'consent.missing', () => templateDraft({ to: uniquePhone() })],
      ['a contact that has refused', 'consent.denied', decided('DENIED')],
      ['a contact that has withdrawn', 'consent.revoked', decided('REVOKED')],
      ['a text to a contact that never wrote', 'window.closed', () => textDraft()],
      ['a text 24 hours after the last message', 'window.closed', async () => (await insertConversation(pool, pairOf(tenant), 24.01), textDraft())],
      ['a text whose window is that of another number', 'window.closed', windowOfOtherNumber],
      ['an unknown template', 'template.not-found', () => templateDraft({}, 'no_such_template')],
      ['a template in another language', 'template.not-found', () => withTemplate({ language: 'ro' })],
      ['a template that is pending', 'template.not-approved', () => withTemplate({ status: 'PENDING' })],
      ['a template that Meta has paused', 'template.not-approved', () => withTemplate({ status: 'PAUSED' })],
      ['too few parameters', 'template.parameters-invalid', () => templateDraft({}, tenant.template.name, {})],
      ['too many parameters', 'template.parameters-invalid', () => templateDraft({}, tenant.template.name, { body: ['a', 'b'] })],
      ['a parameter with U+0000', 'text.invalid-character', () => templateDraft({}, tenant.template.name, { body: ['\u0000'] })],
      ['half a surrogate pair', 'text.invalid-character', () => textInWindow('x\ud800')],
      ['an empty text', 'request.invalid', () => textInWindow(' ')],
      ['a text of more than 4,096 characters', 'request.invalid', () => textInWindow('x'.repeat(4_097))],
    ];

    async function windowOfOtherNumber(): Promise<MessageDraft> {
      const other = await insertNumber(pool, tenant.tenantId, tenant.accountId);
      await insertConversation(pool, { ...pairOf(tenant), numberId: other.id }, 1);
      return textDraft();
    }

    it.each(CASES)('%s: %s', async (_, code, draft) => {
      await expect(accept(await draft(), uniqueDigits())).rejects.toMatchObject({ code });
      expect(await Promise.all(['messages', 'idempotency_keys', 'events'].map(count))).toEqual([0, 0, 0]);
      await producer.flush();
      expect(woken).toEqual([]);
      expect((await metrics.render()).body).toContain(`outbound_message_accept_refused_total{error_code="${code}"} 1`);
    });

    it('another tenant\'s number with the very words for an unknown one', async () => {
      const other = await makeTenant(pool);
      const errorFor = (numberId: string) => accept(templateDraft({ numberId })).catch((error: { toJSON(): object }) => JSON.stringify(error.toJSON()).replaceAll(numberId, 'ID'));
      const [foreign, unknown] = [await errorFor(other.number.id), await errorFor(tenant.contact.id)];
      expect(foreign).toContain('number.not-found');
      expect(foreign).toBe(unknown);
    });

    it('another tenant\'s template and another tenant\'s contact as unknown ones', async () => {
      const other = await makeTenant(pool);
      await expect(accept(templateDraft({}, other.template.name))).rejects.toMatchObject({ code: 'template.not-found' });
      await expect(accept(templateDraft({ to: other.contact.phone }))).rejects.toMatchObject({ code: 'consent.missing' });
    });

    it('one bad text among 64 good ones, and only that', async () => {
      await insertConversation(pool, pairOf(tenant), 1);
      const bodies = Array.from({ length: 65 }, (_, at) => (at === 20 ? 'bad \u0000' : `good ${at}`));
      const answers = await Promise.allSettled(bodies.map((body) => accept(textDraft(body))));
      expect(answers.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([20]);
      expect(answers[20]).toMatchObject({ reason: { code: 'text.invalid-character', errors: [{ pointer: '/text/body' }] } });
      expect(await count('messages')).toBe(64);
    });
  });

  describe('an Idempotency-Key', () => {
    it('used five times in parallel makes one message, and all five hear of it', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => accept(templateDraft(), 'key-1')));
      expect(new Set(answers.map(({ message }) => JSON.stringify(message))).size).toBe(1);
      expect(answers.map(({ replayed }) => replayed).sort()).toEqual([false, true, true, true, true]);
      expect(await Promise.all(['messages', 'events', 'idempotency_keys'].map(count))).toEqual([1, 1, 1]);
    });

    it('used at once by processes that do not know of each other makes one message', async () => {
      const others = Array.from({ length: 4 }, () => new AcceptMessages({ db: new SystemDb(pool), producer, metrics, logger: SILENT, validSeconds: VALID_SECONDS }));
      const answers = await Promise.all([acceptance, ...others].map((process) => process.accept(requestOf(templateDraft(), 'key-1'))));
      expect(new Set(answers.map(({ message }) => message.id)).size).toBe(1);
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(await count('messages')).toBe(1);
      await Promise.all(others.map((process) => process.close()));
    });

    it('used later gives the first answer again, whatever has become of the message', async () => {
      const first = await accept(templateDraft(), 'key-1');
      await pool.query(`UPDATE messages SET state = 'READ', reason = 'x', wamid = 'wamid.1', updated_at = now() WHERE id = $1`, [first.message.id]);
      expect(await accept(templateDraft(), 'key-1')).toEqual({ message: first.message, replayed: true });
    });

    it('used later gives the first answer also when the same would be refused by now', async () => {
      const first = await accept(templateDraft(), 'key-1');
      await setConsent(pool, tenant.tenantId, tenant.contact.id, 'utility', 'REVOKED');
      expect(await accept(templateDraft(), 'key-1')).toEqual({ message: first.message, replayed: true });
      await expect(accept(templateDraft(), 'key-2')).rejects.toMatchObject({ code: 'consent.revoked' });
    });

    it('used for another body is refused, at once or later', async () => {
      const [one, other] = await Promise.allSettled([accept(templateDraft(), 'key-1'), accept(templateDraft({ orderId: 'o-2' }), 'key-1')]);
      expect([one, other]).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'idempotency.key-reused' } }]);
      await expect(accept(templateDraft({ orderId: 'o-3' }), 'key-1')).rejects.toMatchObject({ code: 'idempotency.key-reused' });
      expect(await count('messages')).toBe(1);
    });

    it('of a refused request is free for a corrected one, also within one set', async () => {
      const answers = await Promise.allSettled([accept(templateDraft({ to: '+40 12' }), 'key-1'), accept(templateDraft(), 'key-1')]);
      expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    });

    it('belongs to its tenant, and to its source', async () => {
      const other = await makeTenant(pool);
      const draft: MessageDraft = { ...templateDraft({}, other.template.name), numberId: other.number.id, to: other.contact.phone };
      const answers = await Promise.all([
        accept(templateDraft(), 'key-1'),
        acceptance.accept(requestOf(draft, 'key-1', other)),
        acceptance.accept({ ...requestOf(templateDraft(), 'key-1'), source: 'automation' }),
      ]);
      expect(new Set(answers.map(({ message }) => message.id)).size).toBe(3);
      expect(answers.map(({ message }) => message.tenantId)).toEqual([tenant.tenantId, other.tenantId, tenant.tenantId]);
    });

    it('is not needed: without one each call is a message', async () => {
      await Promise.all([accept(templateDraft()), accept(templateDraft())]);
      expect(await count('messages')).toBe(2);
    });
  });

  it('gives the messages of a set ids that rise in the order of arrival, whatever their keys', async () => {
    const keys = Array.from({ length: 100 }, () => uniqueDigits());
    const answers = await Promise.all(keys.map((key) => accept(templateDraft(), key)));
    const ids = answers.map(({ message }) => message.id);
    expect([...ids].sort()).toEqual(ids);
  });

  it('writes a set in one transaction', async () => {
    await Promise.all(Array.from({ length: 50 }, () => accept(templateDraft())));
    const { rows } = await pool.query<{ transactions: number }>('SELECT count(DISTINCT xmin::text)::int AS transactions FROM messages WHERE tenant_id = $1', [tenant.tenantId]);
    expect(rows).toEqual([{ transactions: 1 }]);
  });

  it('wakes the number after COMMIT, once for many messages, and not for a replay', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, at) => accept(templateDraft(), `key-${at}`)));
    await producer.flush();
    expect(woken).toEqual([{ numberId: tenant.number.id, committed: 20 }]);
    await accept(templateDraft(), 'key-1');
    await producer.flush();
    expect(woken).toHaveLength(1);
  });

  it('wakes each number of a set', async () => {
    const number = await insertNumber(pool, tenant.tenantId, tenant.accountId);
    await Promise.all([accept(templateDraft()), accept(templateDraft({ numberId: number.id }))]);
    await producer.flush();
    expect(woken.map(({ numberId }) => numberId).sort()).toEqual([tenant.number.id, number.id].sort());
  });

  it('takes in more slowly what is for a number whose messages leave late, and refuses none of it', async () => {
    const paused = async (): Promise<number> => Number(/^outbound_message_accept_paused_total (\d+)/m.exec((await metrics.render()).body)?.[1] ?? 0);
    await pool.query('UPDATE phone_numbers SET late_ms = 5000 WHERE id = $1', [tenant.number.id]);
    await accept(templateDraft());
    expect(await paused()).toBe(0);
    await accept(templateDraft());
    expect(await paused()).toBe(1);
    // A customer waits for an answer of ours, and another number is not late.
    await acceptance.accept({ ...requestOf(templateDraft()), source: 'automation' });
    const other = await makeTenant(pool);
    const draft = { ...templateDraft({}, other.template.name), numberId: other.number.id, to: other.contact.phone } as MessageDraft;
    await acceptance.accept(requestOf(draft, null, other));
    expect(await paused()).toBe(1);
    await pool.query('UPDATE phone_numbers SET late_ms = 0 WHERE id = $1', [tenant.number.id]);
    await accept(templateDraft());
    await accept(templateDraft());
    expect(await paused()).toBe(2);
  });

  it('settles what waits when it closes, and refuses what comes then', async () => {
    const waiting = [accept(templateDraft()), accept(templateDraft())];
    const closing = acceptance.close();
    await expect(accept(templateDraft())).rejects.toMatchObject({ code: 'shutdown.in-progress' });
    await closing;
    await expect(Promise.all(waiting)).resolves.toHaveLength(2);
  });

  it('answers 503, and no false 202, when the database is away', async () => {
    const away = openPool('postgresql://parley_system:x@127.0.0.1:1/parley', 1);
    const cut = new AcceptMessages({ db: new SystemDb(away), producer, metrics, logger: SILENT, validSeconds: VALID_SECONDS });
    const answers = await Promise.allSettled([cut.accept(requestOf(templateDraft())), cut.accept(requestOf(templateDraft()))]);
    for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'database.unavailable', httpStatus: 503 } });
    await away.end();
  });
});
