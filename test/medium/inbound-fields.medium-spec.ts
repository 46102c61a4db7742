import { ACCOUNT_EVENTS } from '../../apps/simulator/src/control/trigger/account-events.js';
import { COEXISTENCE_EVENTS } from '../../apps/simulator/src/control/trigger/coexistence-events.js';
import { CUSTOMER_EVENTS } from '../../apps/simulator/src/control/trigger/customer-events.js';
import { MESSAGE_EVENTS } from '../../apps/simulator/src/control/trigger/message-events.js';
import { NUMBER_EVENTS } from '../../apps/simulator/src/control/trigger/number-events.js';
import type { TriggerContext } from '../../apps/simulator/src/control/trigger/trigger-context.js';
import { buildEnvelope } from '../../apps/simulator/src/webhooks/envelope.js';
import { uniqueDigits, type TestTenant } from '../support/fixtures.js';
import { TestWorker, uniqueWamid } from '../support/worker.js';

// What the simulator can trigger, which is what Meta's documents show, against the rows that it leaves.

const EVENTS = { ...ACCOUNT_EVENTS, ...COEXISTENCE_EVENTS, ...CUSTOMER_EVENTS, ...MESSAGE_EVENTS, ...NUMBER_EVENTS };

let worker: TestWorker;
let stranger: TestTenant;

beforeAll(async () => {
  worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000' });
  stranger = await worker.tenant();
});
afterAll(() => worker.stop());

interface Subject extends TestTenant {
  wabaId: string;
  digits: string;
}

async function subject(): Promise<Subject> {
  const tenant = await worker.tenant({ echo_enabled: false });
  const digits = uniqueDigits(11);
  await worker.rows(`UPDATE phone_numbers SET display_phone_number = '+' || $2, quality = 'GREEN', tier = 'TIER_250' WHERE tenant_id = $1`, [tenant.tenantId, digits]);
  const [account] = await worker.rows<{ waba_id: string }>('SELECT waba_id FROM accounts WHERE tenant_id = $1', [tenant.tenantId]);
  return { ...tenant, wabaId: account!.waba_id, digits };
}

function envelopeOf(event: string, { wabaId, digits, number, contact }: Subject): unknown {
  const phone = contact.phone.slice(1);
  const business = { id: number.graphId, digits, wabaId, verifiedName: 'Aria' };
  const context = {
    account: { wabaId, numbers: new Map([[number.graphId, business]]), portfolioId: '77' },
    number: business,
    customer: { phone, waId: phone, userId: `RO.${phone}`, profileName: 'Ana', withoutPhone: false },
    template: undefined, reason: undefined, nowSeconds: Math.floor(Date.now() / 1_000), wamid: uniqueWamid,
  } as unknown as TriggerContext;
  return buildEnvelope(EVENTS[event]!.updates(context), Date.now());
}

/** What stands in the tables that webhooks of a tenant change. */
async function picture({ tenantId, contact, number }: Subject) {
  const all = async (text: string): Promise<unknown[]> => (await worker.rows<{ row: unknown }>(text, [tenantId])).map(({ row }) => row);
  const [numbers, accounts, holds, said, names, events, items] = await Promise.all([
    all(`SELECT json_build_object('tier', tier, 'quality', quality, 'perSecond', per_second, 'name', name_status, 'username', username, 'usernameStatus', username_status) AS row FROM phone_numbers WHERE tenant_id = $1`),
    all(`SELECT json_build_object('state', state, 'review', review_status) AS row FROM accounts WHERE tenant_id = $1`),
    all(`SELECT concat_ws(' ', scope, cause, reason, CASE WHEN until IS NULL THEN 'open' ELSE 'until' END) AS row FROM holds WHERE tenant_id = $1 AND ended_at IS NULL`),
    all(`SELECT concat_ws(' ', direction, sender, kind, display_content) AS row FROM messages WHERE tenant_id = $1 ORDER BY id`),
    all(`SELECT book_name AS row FROM contacts WHERE tenant_id = $1 AND id = '${contact.id}'`),
    all(`SELECT type AS row FROM contact_events WHERE tenant_id = $1 ORDER BY id`),
    all(`SELECT concat_ws(' ', state, error) AS row FROM webhook_items WHERE tenant_id = $1 OR graph_number_id = '${number.graphId}'`),
  ]);
  return { number: numbers[0], account: accounts[0], holds, said, names, events, items: items as string[] };
}

type Picture = Awaited<ReturnType<typeof picture>>;

const HISTORY = [2, 1, 0].flatMap((phase) => [1, 2].flatMap((order) => [
  `INBOUND customer text From the history, phase ${phase}, chunk ${order}`,
  `OUTBOUND staff ${order === 1 ? 'text An answer of the owner' : 'unsupported [file]'}`,
]));

/** What is not named stays as it was. */
const EFFECTS: Readonly<Record<keyof typeof EVENTS & string, { [Part in keyof Picture]?: unknown }>> = {
  'quality-drop': { number: { tier: 'TIER_2K', quality: 'RED' } },
  'quality-restored': { number: { tier: 'TIER_2K', quality: 'UNKNOWN' } },
  'throughput-upgrade': { number: { tier: 'TIER_UNLIMITED', perSecond: 1_000 } },
  'limit-raised': { number: { tier: 'TIER_10K' } },
  'name-approved': { number: { name: 'APPROVED' } },
  'name-rejected': { number: { name: 'REJECTED' } },
  security: {},
  'username-approved': { number: { username: 'trattoria', usernameStatus: 'approved' } },
  'username-deleted': { number: { username: null, usernameStatus: 'deleted' } },
  'account-violation': {},
  'account-restricted': { account: { state: 'RESTRICTED' }, holds: ['template account account.restricted until'] },
  'account-banned': { account: { state: 'DISABLED' }, holds: ['account account account.disabled open'] },
  'account-reinstated': {},
  'account-disable-scheduled': {},
  'account-deleted': { account: { state: 'DELETED' }, holds: ['account account account.deleted open'] },
  'account-reviewed': { account: { review: 'APPROVED' } },
  'account-alert': {},
  'account-offboarded': { account: { state: 'DISCONNECTED' }, holds: ['account credential credential.disconnected open'] },
  'account-reconnected': {},
  'partner-added': {},
  'partner-removed': { account: { state: 'DISCONNECTED' }, holds: ['account credential credential.disconnected open'] },
  'partner-app-installed': {},
  'partner-app-uninstalled': { account: { state: 'DISCONNECTED' }, holds: ['account credential credential.disconnected open'] },
  'account-notice': {},
  'messaging-limit-raised': { number: { tier: 'TIER_10K' } },
  'unknown-field': {},
  'identity-changed': { said: ['INBOUND customer system [system] Ana has a new phone, or installed WhatsApp anew'], events: ['identity-key-changed'] },
  'user-id-changed': { said: ['INBOUND customer system [system] User Ana changed their user id'], events: ['user-id-changed'] },
  referral: { said: ['INBOUND customer text I saw your ad'] },
  errors: {},
  'list-reply': { said: ['INBOUND customer interactive Express'] },
  'flow-answer': { said: ['INBOUND customer interactive Sent'] },
  'group-message': { said: ['INBOUND customer text See you all at eight'] },
  'chat-opened': { said: ['INBOUND customer unsupported [chat opened]'] },
  'product-enquiry': { said: ['INBOUND customer text Is it still there?'] },
  forwarded: { said: ['INBOUND customer text Good news'] },
  'contact-shared': { said: [expect.stringMatching(/^INBOUND customer contacts \[contacts\] \+\d+$/)] },
  broken: { said: ['INBOUND customer interactive [interactive]'] },
  revoked: { items: ['RETRY revoke.original-unknown'] },
  edited: { items: ['RETRY edit.original-unknown'] },
  'status-warning': { items: ['RETRY status.message-unknown'] },
  'status-deleted': { items: ['RETRY status.message-unknown'] },
  'message-echo': { said: ['OUTBOUND staff text Written on the phone of the owner'] },
  'media-echo': { said: ['OUTBOUND staff image [image] The dish of the day'] },
  'echo-edited': { items: ['RETRY edit.original-unknown'] },
  'echo-revoked': { items: ['RETRY revoke.original-unknown'] },
  'app-state-sync': { names: ['Ana'] },
  history: { said: HISTORY },
  'history-media': { said: ['INBOUND customer image [image]'] },
  'history-declined': {},
};

it('knows the effect of every event of the simulator', () => {
  expect(Object.keys(EFFECTS).toSorted()).toEqual(Object.keys(EVENTS).toSorted());
});

it.each(Object.entries(EFFECTS))('%s has its effect, once however often it comes, and none through the app of another tenant', async (event, effect) => {
  const tenant = await subject();
  const before = await picture(tenant);
  const body = envelopeOf(event, tenant);
  await worker.receiveFrom(stranger.tenantId, body);
  const { items, ...untouched } = await picture(tenant);
  expect(untouched).toEqual({ ...before, items: undefined });
  expect(items.every((item) => item === 'REFUSED app.not-of-tenant')).toBe(true);
  await worker.rows('DELETE FROM webhook_items WHERE tenant_id = $1 OR graph_number_id = $2', [tenant.tenantId, tenant.number.graphId]);
  const after = Object.fromEntries(Object.entries(before).map(([part, was]) => [part, partAfter(was, effect[part as keyof Picture])]));
  await worker.receive(body);
  expect(await picture(tenant)).toEqual(after);
  await worker.receive(body);
  const { items: noted, ...again } = await picture(tenant);
  expect(again).toEqual({ ...after, items: undefined });
  expect(new Set(noted)).toEqual(new Set((after['items'] as string[])));
});

/** Lists are named as a whole, rows by what changes in them. */
function partAfter(was: unknown, becomes: unknown): unknown {
  if (becomes === undefined) return was;
  return Array.isArray(becomes) ? becomes : { ...(was as object), ...(becomes as object) };
}
