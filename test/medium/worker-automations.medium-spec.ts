import { insertConversation, insertInbound, pairOf, type TestTenant } from '../support/fixtures.js';
import { customerText, envelope, TestWorker, uniqueWamid } from '../support/worker.js';

let worker: TestWorker;
beforeAll(async () => {
  worker = await TestWorker.start({ POLL_INTERVAL_MS: '60000' });
});
afterAll(() => worker.stop());

const echoes = (tenant: TestTenant) =>
  worker.rows<{ display_content: string; reply_to_wamid: string; recipient: string }>(`SELECT * FROM messages WHERE tenant_id = $1 AND sender = 'system' ORDER BY id`, [tenant.tenantId]);

/** A customer's message of a kind, inside an open window, that nobody has answered. */
async function unanswered(tenant: TestTenant, kind: string, displayContent: string): Promise<string> {
  const pair = pairOf(tenant);
  const conversation = await insertConversation(worker.pool, pair);
  return insertInbound(worker.pool, pair, conversation, { kind, display_content: displayContent });
}

it.each([
  ['text', 'Are you open?', /^We received your message "Are you open\?" at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.$/],
  ['image', '[image]', /^We received your file \[image\] at .* UTC\.$/],
  ['button', 'Cancel', /^We received your choice "Cancel" at .* UTC\.$/],
])('echoes %s with a timestamp, as a reply', async (kind, line, text) => {
  const tenant = await worker.tenant();
  const id = await unanswered(tenant, kind, line);
  await worker.answer();
  const [echo, ...others] = await echoes(tenant);
  expect(others).toEqual([]);
  expect(echo!.display_content).toMatch(text);
  expect(echo!.recipient).toBe(tenant.contact.phone);
  const [inbound] = await worker.rows<{ wamid: string; automated_at: Date | null }>('SELECT * FROM messages WHERE id = $1', [id]);
  expect(echo!.reply_to_wamid).toBe(inbound!.wamid);
  expect(inbound!.automated_at).not.toBeNull();
});

it('does not echo what is neither text nor file nor choice', async () => {
  const tenant = await worker.tenant();
  await unanswered(tenant, 'reaction', '👍');
  await worker.answer();
  expect(await echoes(tenant)).toEqual([]);
});

it('is silent for a tenant that switched it off', async () => {
  const tenant = await worker.tenant({ echo_enabled: false });
  await unanswered(tenant, 'text', 'hello');
  await worker.answer();
  expect(await echoes(tenant)).toEqual([]);
});

it('answers once, even when the first try was cut off before it was noted', async () => {
  const tenant = await worker.tenant();
  const id = await unanswered(tenant, 'text', 'hello');
  await worker.answer();
  await worker.pool.query('UPDATE messages SET automated_at = NULL WHERE id = $1', [id]);
  await worker.answer();
  expect(await echoes(tenant)).toHaveLength(1);
});

it('is done with a message whose answer is refused', async () => {
  const tenant = await worker.tenant({ whatsapp_enabled: false });
  const id = await unanswered(tenant, 'text', 'hello');
  await worker.answer();
  expect(await echoes(tenant)).toEqual([]);
  const [inbound] = await worker.rows<{ automated_at: Date | null }>('SELECT automated_at FROM messages WHERE id = $1', [id]);
  expect(inbound!.automated_at).not.toBeNull();
});

it('follows a webhook without being asked', async () => {
  const tenant = await worker.tenant();
  await worker.receive(customerText(tenant.number.graphId, tenant.contact.phone, 'hello'));
  await worker.answer();
  expect(await echoes(tenant)).toHaveLength(1);
});

it('answers a customer who shows no phone number, by the user id', async () => {
  const tenant = await worker.tenant();
  const from_user_id = 'US.13491208655302741918';
  const contacts = [{ profile: { name: 'Ana' }, user_id: from_user_id }];
  const message = { from_user_id, id: uniqueWamid(), timestamp: String(Math.floor(Date.now() / 1_000)), type: 'text', text: { body: 'hello' } };
  await worker.receive(envelope(tenant.number.graphId, { contacts, messages: [message] }));
  await worker.answer();
  expect(await echoes(tenant)).toMatchObject([{ recipient: from_user_id }]);
});
