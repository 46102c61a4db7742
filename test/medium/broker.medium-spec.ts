import { randomUUID } from 'node:crypto';
import { SystemHealth } from '@parley/platform';
import { BrokerConsumer, DEAD_LETTER_HEADERS, type BrokerAnswer, type BrokerMessage } from '@parley/queue';
import { Connection, type Envelope, type Publisher, type SyncMessage } from 'rabbitmq-client';
import { insertContact, type TestTenant } from '../support/fixtures.js';
import { RabbitmqServer } from '../support/rabbitmq-server.js';
import { TcpGate } from '../support/tcp-gate.js';
import { waitFor } from '../support/wait-for.js';
import { TestWorker } from '../support/worker.js';

const QUEUE = 'outbound-processed';
const START_TIMEOUT_MS = 90_000;
const [CASA, MARE] = [randomUUID(), randomUUID()];

const server = await RabbitmqServer.start('parley', 'casa', 'stranger');
if (typeof server === 'string') {
  console.error(`\n!! The specs of the broker did NOT run. ${server}`);
  it('RabbitMQ cannot be had on this machine: nothing of the broker was tested', () => {});
} else {
  describe('the ingress by broker', () => specs(server));
}

function specs(rabbitmq: RabbitmqServer): void {
  let gate: TcpGate;
  let worker: TestWorker;
  let casa: TestTenant;
  let mare: TestTenant;
  let own: Connection;
  const publishers = new Map<string, { connection: Connection; publisher: Publisher }>();

  beforeAll(async () => {
    gate = await TcpGate.before('127.0.0.1', rabbitmq.port);
    own = open('parley');
    worker = await TestWorker.start({
      RABBITMQ_URL: rabbitmq.url('parley', gate.port),
      RABBITMQ_BINDINGS: `user:casa=${CASA},key:orders.mare=${MARE}`,
    });
    casa = await worker.tenant({ id: CASA });
    mare = await worker.tenant({ id: MARE });
    await waitFor(() => isOk(), START_TIMEOUT_MS);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await worker.stop();
    for (const { connection, publisher } of publishers.values()) {
      await publisher.close();
      await connection.close();
    }
    await own.close();
    gate.close();
    await rabbitmq.stop();
  }, START_TIMEOUT_MS);

  function open(user: string): Connection {
    const connection = new Connection({ url: rabbitmq.url(user), retryLow: 50 });
    return connection.on('error', () => {});
  }

  /** Publishes as a user, with the user-id that RabbitMQ checks; confirmed. */
  async function publish(user: string, body: unknown, envelope: Envelope = {}): Promise<string> {
    let known = publishers.get(user);
    if (!known) {
      const connection = open(user);
      publishers.set(user, (known = { connection, publisher: connection.createPublisher({ confirm: true }) }));
    }
    const messageId = randomUUID();
    await known.publisher.send({ routingKey: QUEUE, durable: true, userId: user, messageId, ...envelope }, body);
    return envelope.messageId ?? messageId;
  }

  const bodyFor = (tenant: TestTenant, changes: object = {}): object => ({
    tenantId: tenant.tenantId,
    numberId: tenant.number.id,
    to: tenant.contact.phone,
    template: { name: tenant.template.name, language: 'en', parameters: { body: ['Ana'] } },
    ...changes,
  });
  const keysOf = (key: string) => worker.rows<{ tenant_id: string; source: string; message_id: string }>('SELECT tenant_id, source, message_id FROM idempotency_keys WHERE key = $1', [key]);
  const isOk = async (): Promise<boolean> => (await health()).status === 'ok';
  const health = async () => (await worker.app.get(SystemHealth, { strict: false }).report()).components['rabbitmq']!;

  async function accepted(messageId: string): Promise<{ tenant_id: string; source: string; message_id: string }> {
    await waitFor(async () => (await keysOf(messageId)).length > 0);
    return (await keysOf(messageId))[0]!;
  }

  async function nextDeadLetter(): Promise<SyncMessage & { code: string }> {
    let letter: SyncMessage | undefined;
    await waitFor(async () => (letter = await own.basicGet({ queue: `${QUEUE}.dead`, noAck: true })) !== undefined);
    return { ...letter!, code: String(letter!.headers?.[DEAD_LETTER_HEADERS.code]) };
  }

  it("takes a message of the tenant that its user is bound to, as one of the tenant's own", async () => {
    const messageId = await publish('casa', bodyFor(casa, { orderId: 'o-1' }));
    expect(await accepted(messageId)).toMatchObject({ tenant_id: CASA, source: 'broker' });
    expect(await worker.rows('SELECT order_id FROM messages WHERE tenant_id = $1', [CASA])).toEqual([{ order_id: 'o-1' }]);
    await waitFor(async () => (await own.queueDeclare({ queue: QUEUE, passive: true })).messageCount === 0);
  });

  it('takes bytes as well as what calls itself JSON, by a bound routing key', async () => {
    const exchange = 'orders';
    await own.exchangeDeclare({ exchange, type: 'topic', durable: true });
    await own.queueBind({ exchange, queue: QUEUE, routingKey: 'orders.#' });
    const messageId = await publish('stranger', Buffer.from(JSON.stringify(bodyFor(mare))), { exchange, routingKey: 'orders.mare' });
    expect(await accepted(messageId)).toMatchObject({ tenant_id: MARE });
  });

  it('makes one message of what is delivered twice, and refuses another under the same id', async () => {
    const messageId = await publish('casa', bodyFor(casa));
    const { message_id: first } = await accepted(messageId);
    await publish('casa', bodyFor(casa), { messageId });
    await publish('casa', bodyFor(casa, { orderId: 'another' }), { messageId });
    expect(await nextDeadLetter()).toMatchObject({ code: 'idempotency.key-reused', messageId });
    expect(await keysOf(messageId)).toMatchObject([{ message_id: first }]);
    expect(await worker.rows('SELECT FROM messages WHERE id = $1', [first])).toHaveLength(1);
  });

  it('lays what is refused aside as it came, with the reason', async () => {
    const { phone } = await insertContact(worker.pool, casa.tenantId);
    const body = bodyFor(casa, { to: phone });
    const messageId = await publish('casa', body, { headers: { trace: 't-1' }, correlationId: 'c-1' });
    expect(await nextDeadLetter()).toMatchObject({
      code: 'consent.missing',
      body,
      messageId,
      correlationId: 'c-1',
      durable: true,
      headers: { trace: 't-1', [DEAD_LETTER_HEADERS.userId]: 'casa', [DEAD_LETTER_HEADERS.routingKey]: QUEUE },
    });
    await publish('casa', Buffer.from('{"tenantId":'), { messageId: 'broken' });
    expect(await nextDeadLetter()).toMatchObject({ code: 'request.malformed', messageId: 'broken', body: Buffer.from('{"tenantId":') });
  });

  it('takes nothing for a tenant from somebody who is bound to another, or to none', async () => {
    const asMare = await publish('casa', bodyFor(mare));
    expect(await nextDeadLetter()).toMatchObject({ code: 'broker.tenant-mismatch', messageId: asMare });
    const unbound = await publish('stranger', bodyFor(casa));
    expect(await nextDeadLetter()).toMatchObject({ code: 'broker.tenant-unbound', messageId: unbound });
    const foreignNumber = await publish('casa', bodyFor(casa, { numberId: mare.number.id }));
    expect(await nextDeadLetter()).toMatchObject({ code: 'number.not-found', messageId: foreignNumber });
    expect([...(await keysOf(asMare)), ...(await keysOf(unbound)), ...(await keysOf(foreignNumber))]).toEqual([]);
  });

  it('goes on by itself after the broker was away, and health tells of it', async () => {
    gate.shut();
    await waitFor(async () => (await health()).status === 'down', 15_000);
    const messageId = await publish('casa', bodyFor(casa));
    expect(await keysOf(messageId)).toEqual([]);
    await gate.open();
    await waitFor(async () => (await keysOf(messageId)).length > 0, 15_000);
    await waitFor(() => isOk(), 15_000);
  }, 45_000);

  describe('a consumer', () => {
    const queue = 'later-queue';
    const seen: BrokerMessage[] = [];
    let answers: BrokerAnswer[] = [];
    let consumer: BrokerConsumer;

    beforeEach(async () => {
      // Declared by somebody else, with arguments of its own: it is left as it is.
      await own.queueDeclare({ queue, durable: true, arguments: { 'x-max-length': 1_000 } });
      seen.length = 0;
      consumer = new BrokerConsumer({
        address: { hostname: '127.0.0.1', port: rabbitmq.port, username: 'parley', password: 'parley', vhost: '/' },
        queue,
        prefetch: 2,
        handle: async (message) => {
          seen.push(message);
          return answers.shift() ?? { kind: 'done' };
        },
        onUnavailable: () => {},
        onReady: () => {},
      });
      consumer.start();
    });
    afterEach(async () => {
      await consumer.stop();
      await consumer.disconnect();
    });
    const waiting = async (): Promise<number> => (await own.queueDeclare({ queue, passive: true })).messageCount;

    it('is given again what could not be taken, after the pause', async () => {
      answers = [{ kind: 'later', afterMs: 100 }, { kind: 'later', afterMs: 100 }];
      const startedAt = performance.now();
      await publish('casa', { n: 1 }, { routingKey: queue });
      await waitFor(() => seen.length === 3);
      expect(performance.now() - startedAt).toBeGreaterThan(190);
      expect(seen).toMatchObject([1, 2, 3].map(() => ({ body: { ok: true, value: { n: 1 } }, userId: 'casa', routingKey: queue })));
      await waitFor(async () => (await waiting()) === 0);
    });

    it('has no more in hand than it may, and gives it back at once when it stops', async () => {
      answers = Array.from({ length: 9 }, () => ({ kind: 'later', afterMs: 600_000 }) as const);
      for (const n of [1, 2, 3]) await publish('casa', { n }, { routingKey: queue });
      await waitFor(() => seen.length === 2);
      expect(await waiting()).toBe(1);
      await consumer.stop();
      expect(await waiting()).toBe(3);
      await own.queuePurge({ queue });
    });
  });
}
