import type pg from 'pg';
import { provenTenant, type ConsentPurpose } from '@parley/domain';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { insertAccount, insertContact, insertNumber, insertTemplate, openPool } from '../support/fixtures.js';

const AGREED: ConsentPurpose[] = ['utility'];
const EVENT = { order: { id: 'A-1042', total: 125.5, currency: 'RON', itemCount: 3 }, customer: { firstName: 'Ana' } };
const BODY = ['{{ customer.firstName | default: "oaspete" }}', '{{ order.id }}', '{{ order.itemCount | plural: "produs", "produse" }}', '{{ order.total | money: order.currency }}'];

interface Restaurant extends TestTenant {
  readonly numberId: string;
  readonly phone: string;
  readonly contactId: string;
}

describe('notifications', () => {
  let api: TestApi;
  let pool: pg.Pool;
  let own: Restaurant;
  let other: Restaurant;

  async function restaurant(): Promise<Restaurant> {
    const tenant = await api.tenant();
    const tenantId = provenTenant(tenant.id);
    const accountId = await insertAccount(pool, tenantId);
    const { id: numberId } = await insertNumber(pool, tenantId, accountId);
    const components = (text: string) => [{ type: 'BODY', text, example: { body_text: [['Ana', 'A-1', '3 produse', '10,00 lei']] } }];
    await insertTemplate(pool, tenantId, accountId, { name: 'comanda_confirmata', language: 'ro', components: components('Bună, {{1}}! Comanda {{2}} ({{3}}, {{4}}) este confirmată.') });
    await insertTemplate(pool, tenantId, accountId, { name: 'comanda_confirmata', language: 'en_US', components: components('Hello {{1}}, order {{2}} ({{3}}, {{4}}) is confirmed.') });
    await insertTemplate(pool, tenantId, accountId, { name: 'comanda_noua', language: 'ro', status: 'PENDING' });
    const { phone, id: contactId } = await insertContact(pool, tenantId, { consents: AGREED });
    return { ...tenant, numberId, phone, contactId };
  }

  beforeAll(async () => {
    api = await TestApi.start();
    pool = openPool((await workerDatabase()).system, 2);
    [own, other] = [await restaurant(), await restaurant()];
    expect(await settle(own, { 'order.confirmed': { template: 'comanda_confirmata', languages: ['ro', 'en_US'], parameters: { body: BODY }, condition: 'order.total > 0' } })).toMatchObject({ status: 200 });
  });
  afterAll(async () => {
    await api.stop();
    await pool.end();
  });

  const settle = (of: TestTenant, types: object, more: object = {}): Promise<Answer> =>
    api.call('PUT', '/v1/settings/notifications', { bearer: of.apiKey, body: { defaultLanguage: 'ro', currency: 'RON', numberId: null, types, ...more } });
  const notify = (of: TestTenant, body: object, path = ''): Promise<Answer> => api.call('POST', `/v1/notifications${path}`, { bearer: of.apiKey, body });
  const event = (more: object = {}): object => ({ type: 'order.confirmed', eventId: `e-${Math.random()}`, to: own.phone, data: EVENT, ...more });
  const payloadOf = async ({ body }: Answer): Promise<unknown> =>
    (await pool.query<{ payload: { template: unknown } }>('SELECT payload FROM messages WHERE id = $1', [body['id']])).rows[0]?.payload.template;

  it('an event of the business becomes a template message in the language of its recipient, once', async () => {
    const told = event({ eventId: 'order-1' });
    const first = await notify(own, told);
    expect(first).toMatchObject({ status: 202, body: { kind: 'template', orderId: 'A-1042', displayContent: 'Bună, Ana! Comanda A-1042 (3 produse, 125,50 lei) este confirmată.' } });
    expect(await payloadOf(first)).toMatchObject({ name: 'comanda_confirmata', language: { code: 'ro' } });
    const again = await notify(own, told);
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([202, first.text, 'true']);
    const english = await notify(own, event({ language: 'en-GB' }));
    expect(english.body).toMatchObject({ displayContent: 'Hello Ana, order A-1042 (3 produse, RON 125.50) is confirmed.' });
  });

  it('an event stays what it became, whatever the settings say since; another one under its id is refused', async () => {
    const told = event({ eventId: 'order-2' });
    const first = await notify(own, told);
    const mapping = (await api.call('GET', '/v1/settings/notifications', { bearer: own.apiKey })).body['value'] as { types: object };
    await settle(own, {});
    expect((await notify(own, told)).text).toBe(first.text);
    expect(await notify(own, event())).toMatchObject({ status: 422, body: { code: 'notification.not-configured', errors: [{ pointer: '/type' }] } });
    await settle(own, mapping.types);
    expect(await notify(own, event({ eventId: 'order-2', language: 'en' }))).toMatchObject({ status: 422, body: { code: 'idempotency.key-reused', errors: [{ pointer: '/eventId' }] } });
  });

  it('the mapping, the event ids, the contacts and the numbers of one tenant are nothing to another', async () => {
    await notify(own, event({ eventId: 'order-3' }));
    expect(await notify(other, event({ eventId: 'order-3', to: other.phone }))).toMatchObject({ status: 422, body: { code: 'notification.not-configured' } });
    const mapping = { template: 'comanda_confirmata', languages: ['ro'], parameters: { body: BODY } };
    expect(await settle(other, { 'order.confirmed': { ...mapping, numberId: own.numberId } })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/types/order.confirmed/numberId', code: 'number.not-found' }] } });
    expect(await settle(other, { 'order.confirmed': mapping })).toMatchObject({ status: 200 });
    expect(await notify(other, event({ eventId: 'order-3', to: undefined, contactId: own.contactId }))).toMatchObject({ status: 422, body: { code: 'contact.not-found', errors: [{ pointer: '/contactId' }] } });
    expect(await notify(other, event({ eventId: 'order-3', to: other.phone }))).toMatchObject({ status: 202, body: { numberId: other.numberId } });
  });

  it('what is missing or unfit in the data is told with its place, and by the preview before anything is sent', async () => {
    expect(await notify(own, event({ data: { order: { total: 'x' } } }))).toMatchObject({ status: 422, body: { code: 'request.invalid', errors: [{ pointer: '/data/order/id' }, { pointer: '/data/order/total' }] } });
    const withoutCount = { order: { id: 'A-1', total: 1 } };
    expect(await notify(own, event({ data: withoutCount }))).toMatchObject({ status: 422, body: { code: 'notification.not-rendered', errors: [{ pointer: '/data/order/itemCount', code: 'data.missing' }, { pointer: '/data/order/currency' }] } });
    const before = await pool.query('SELECT count(*) FROM messages');
    expect(await notify(own, event({ eventId: undefined, data: withoutCount }), '/preview')).toMatchObject({ status: 200, body: { language: 'ro', faults: [{ pointer: '/data/order/itemCount' }, { pointer: '/data/order/currency' }], problem: null } });
    expect(await notify(own, event(), '/preview')).toMatchObject({ status: 200, body: { skipped: null, parameters: { body: ['Ana', 'A-1042', '3 produse', '125,50 lei'] }, preview: { body: expect.stringContaining('Ana') as string }, faults: [], problem: null } });
    expect(await notify(own, event({ to: '+40799999999' }), '/preview')).toMatchObject({ body: { faults: [], problem: { code: 'consent.missing' } } });
    expect((await pool.query('SELECT count(*) FROM messages')).rows).toEqual(before.rows);
  });

  it('what the tenant switched off, or its condition leaves out, is taken and not sent', async () => {
    expect(await notify(own, event({ data: { order: { id: 'A-1', total: 0 } } }))).toMatchObject({ status: 200, body: { sent: false, reason: 'condition' } });
    const { types } = (await api.call('GET', '/v1/settings/notifications', { bearer: own.apiKey })).body['value'] as { types: Record<string, object> };
    await settle(own, { 'order.confirmed': { ...types['order.confirmed'], enabled: false } });
    expect(await notify(own, event())).toMatchObject({ status: 200, body: { sent: false, reason: 'switched-off' } });
    await settle(own, types);
  });

  it('many events are told in their order, and a bad one costs no other', async () => {
    const events = [event({ eventId: 'b-1' }), { type: 'order.confirmed' }, 'x', event({ data: { order: { id: 'A-1', total: 0 } } }), event({ eventId: 'b-1' })];
    const { status, body } = await notify(own, { events }, '/batch');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      results: [
        { index: 0, outcome: 'accepted', replayed: false },
        { index: 1, outcome: 'refused', problem: { errors: [{ pointer: '/events/1/eventId' }] } },
        { index: 2, outcome: 'refused', problem: { errors: [{ pointer: '/events/2' }] } },
        { index: 3, outcome: 'skipped', reason: 'condition' },
        { index: 4, outcome: 'accepted', replayed: true },
      ],
    });
    expect(await notify(own, { events: [] }, '/batch')).toMatchObject({ status: 422 });
  });

  it('a supplier gets its order at the phone number of the data; a customerId is looked for among the contacts', async () => {
    const supplier = { template: 'comanda_confirmata', languages: ['ro'], parameters: { body: ['{{ supplier.name }}', '{{ supplierOrder.id }}', '{{ supplierOrder.items | map: "name" | list }}', '{{ supplierOrder.deliverBy | datetime }}'] } };
    const { types } = (await api.call('GET', '/v1/settings/notifications', { bearer: own.apiKey })).body['value'] as { types: object };
    expect(await settle(own, { ...types, 'supplier_order.created': supplier })).toMatchObject({ status: 200 });
    const data = { supplierOrder: { id: 'S-77', items: [{ name: 'Roșii' }, { name: 'Ardei' }], deliverBy: '2026-11-08T06:00:00Z' }, supplier: { name: 'Legume', phone: own.phone } };
    expect(await notify(own, { type: 'supplier_order.created', eventId: 's-1', data })).toMatchObject({ status: 202, body: { to: own.phone, orderId: 'S-77', displayContent: expect.stringContaining('Roșii și Ardei, 8 noiembrie 2026') as string } });
    await pool.query('UPDATE contacts SET customer_id = $2 WHERE id = $1', [own.contactId, 'C-7']);
    expect(await notify(own, event({ to: undefined, customerId: 'C-7' }))).toMatchObject({ status: 202, body: { contactId: own.contactId, customerId: 'C-7' } });
    expect(await notify(own, event({ to: undefined, customerId: 'C-8' }))).toMatchObject({ status: 422, body: { code: 'customer.not-found', errors: [{ pointer: '/customerId' }] } });
    expect(await notify(other, event({ to: undefined, customerId: 'C-7' }))).toMatchObject({ status: 422, body: { code: 'customer.not-found' } });
    expect(await notify(own, event({ to: undefined }))).toMatchObject({ status: 422, body: { errors: [{ code: 'recipient.not-one' }] } });
  });

  it('a mapping that cannot work is refused when it is saved; one whose template is not approved yet is warned of', async () => {
    const of = (mapping: object) => settle(own, { 'order.confirmed': { template: 'comanda_confirmata', languages: ['ro'], parameters: { body: BODY }, ...mapping } });
    const at = '/types/order.confirmed';
    for (const [mapping, pointer, code] of [
      [{ parameters: { body: [...BODY.slice(1), '{{ order.total | mony }}'] } }, `${at}/parameters/body/3`, 'expression.invalid'],
      [{ parameters: { body: ['{% include "x" %}', ...BODY.slice(1)] } }, `${at}/parameters/body/0`, 'expression.invalid'],
      [{ parameters: { body: BODY.slice(1) } }, `${at}/parameters/body`, 'parameter.count-mismatch'],
      [{ condition: 'order.total >' }, `${at}/condition`, 'expression.invalid'],
      [{ languages: [] }, `${at}/languages`, 'field.invalid'],
      [{ templates: 'x' }, `${at}/templates`, 'field.unknown'],
    ] as const) {
      expect([pointer, await of(mapping)]).toMatchObject([pointer, { status: 422, body: { errors: [{ pointer, code }] } }]);
    }
    expect(await settle(own, { 'order.shipped': { template: 'comanda_noua', languages: ['ro', 'en'], parameters: { body: ['{{ order.id }}'] } } })).toMatchObject({ status: 200 });
    const { data } = (await api.call('GET', '/v1/notifications/types', { bearer: own.apiKey })).body as { data: { type: string; warnings: object[] }[] };
    expect(data.map(({ type }) => type)).toEqual(['order.confirmed', 'order.shipped', 'order.delivered', 'supplier_order.created', 'visit.completed']);
    expect(data[1]?.warnings).toMatchObject([{ detail: expect.stringContaining('PENDING') as string }, { detail: expect.stringContaining('(en)') as string }]);
  });
});
