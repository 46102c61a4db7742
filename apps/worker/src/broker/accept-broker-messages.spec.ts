import { DomainError, provenTenant } from '@parley/domain';
import type { Acceptance, AcceptanceRequest } from '@parley/messaging';
import { createMetrics, type BrokerBinding } from '@parley/platform';
import type { BrokerMessage } from '@parley/queue';
import { AcceptBrokerMessages } from './accept-broker-messages.js';

const CASA = '0199a1b2-0000-7000-8000-00000000000a';
const MARE = '0199a1b2-0000-7000-8000-00000000000b';
const BINDINGS: readonly BrokerBinding[] = [
  { by: 'user', value: 'casa', tenantId: CASA },
  { by: 'key', value: 'orders.mare', tenantId: MARE },
];
const BODY = { numberId: '0199a1b2-0000-7000-8000-000000000001', to: '+40723000111', text: { body: 'Bună' } };
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

const message = (changes: Partial<BrokerMessage> = {}, body: object = { tenantId: CASA, ...BODY }): BrokerMessage => ({
  body: { ok: true, value: body },
  messageId: 'm-1',
  userId: 'casa',
  routingKey: 'outbound-processed',
  ...changes,
});

function setUp(answer: () => Promise<Acceptance> = async () => ({ message: {}, replayed: false }) as Acceptance) {
  const asked: AcceptanceRequest[] = [];
  const accept = async (request: AcceptanceRequest): Promise<Acceptance> => {
    asked.push(request);
    return answer();
  };
  return { asked, messages: new AcceptBrokerMessages({ bindings: BINDINGS, acceptance: { accept }, metrics: createMetrics(), logger: SILENT }) };
}

describe('a message of the broker', () => {
  it('is accepted for the tenant that its user is bound to, under its own id', async () => {
    const { asked, messages } = setUp();
    expect(await messages.handle(message())).toEqual({ kind: 'done' });
    expect(asked).toMatchObject([{ tenantId: provenTenant(CASA), source: 'broker', idempotencyKey: 'm-1', draft: { kind: 'text', to: '+40723000111' } }]);
    expect(asked[0]?.draft).not.toHaveProperty('tenantId');
  });

  it('is accepted by its routing key where that is bound', async () => {
    const { asked, messages } = setUp();
    await messages.handle(message({ userId: null, routingKey: 'orders.mare' }, { ...BODY, tenantId: MARE.toUpperCase() }));
    expect(asked).toMatchObject([{ tenantId: MARE }]);
  });

  it.each<[string, string, BrokerMessage]>([
    ['from nobody', 'broker.tenant-unbound', message({ userId: null })],
    ['from somebody who is not bound', 'broker.tenant-unbound', message({ userId: 'mare' })],
    ['under a routing key that only looks like a user', 'broker.tenant-unbound', message({ userId: null, routingKey: 'casa' })],
    ['that names another tenant', 'broker.tenant-mismatch', message({}, { ...BODY, tenantId: MARE })],
    ['that names no tenant', 'broker.tenant-mismatch', message({}, BODY)],
    ['whose user and key are of two tenants', 'broker.tenant-mismatch', message({ routingKey: 'orders.mare' })],
    ['that is no JSON', 'request.malformed', message({ body: { ok: false } })],
    ['that is a list', 'broker.tenant-mismatch', message({ body: { ok: true, value: [] } })],
    ['without an id', 'broker.message-id-invalid', message({ messageId: null })],
    ['with an id of blanks', 'broker.message-id-invalid', message({ messageId: 'a b' })],
    ['with a member that is none', 'request.invalid', message({}, { ...BODY, tenantId: CASA, order: 1 })],
    ['without content', 'request.invalid', message({}, { numberId: BODY.numberId, to: BODY.to, tenantId: CASA })],
  ])('%s is refused: %s', async (_, code, refused) => {
    const { asked, messages } = setUp();
    expect(await messages.handle(refused)).toMatchObject({ kind: 'refused', refusal: { code } });
    expect(asked).toEqual([]);
  });

  it('that acceptance refuses is refused with its code, and so is a fault of ours that would come again', async () => {
    for (const [error, code] of [
      [new DomainError('consent.missing'), 'consent.missing'],
      [new DomainError('idempotency.key-reused'), 'idempotency.key-reused'],
      [new TypeError('x is not a function'), 'internal.error'],
      // One tenant's own trouble must not hold up the others behind it.
      [new DomainError('backlog.tenant-full', undefined, { retryAfterSeconds: 30 }), 'backlog.tenant-full'],
    ] as const) {
      expect(await setUp(() => Promise.reject(error)).messages.handle(message())).toMatchObject({ kind: 'refused', refusal: { code } });
    }
  });

  it('that cannot be taken now waits, longer each time, until one is taken', async () => {
    let error: DomainError | null = new DomainError('database.unavailable');
    const { messages } = setUp(async () => {
      if (error) throw error;
      return { message: {}, replayed: false } as Acceptance;
    });
    const pauses: unknown[] = [];
    for (let time = 0; time < 7; time += 1) pauses.push(await messages.handle(message()));
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30].map((seconds) => ({ kind: 'later', afterMs: seconds * 1_000 })));
    error = null;
    await messages.handle(message());
    error = new DomainError('backlog.platform-full', undefined, { retryAfterSeconds: 10 });
    expect(await messages.handle(message())).toEqual({ kind: 'later', afterMs: 10_000 });
  });
});
