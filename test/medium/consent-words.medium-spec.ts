import fc from 'fast-check';
import { agreement } from '@parley/data';
import { CONSENT_LOCALES, CONSENT_STATUSES, consentVerdict, type ConsentPurpose, type ConsentRecord, type MessageDraft } from '@parley/domain';
import { AcceptMessages } from '@parley/messaging';
import { insertContact, insertMessage, insertNumber, insertTemplate, pairOf, setConsent, type TestContact, type TestNumber, type TestTenant } from '../support/fixtures.js';
import { accept, refuse, ScriptedGraph } from '../support/scripted-graph.js';
import { waitFor } from '../support/wait-for.js';
import { customerText, envelope, TestWorker, uniqueWamid } from '../support/worker.js';

const ALL: readonly ConsentPurpose[] = ['authentication', 'marketing', 'service', 'utility'];
const EVERY = (status: string) => Object.fromEntries(ALL.map((purpose) => [purpose, status]));

let graph: ScriptedGraph;
let worker: TestWorker;
let tenant: TestTenant;
let contact: TestContact;

beforeAll(async () => {
  graph = await ScriptedGraph.start();
  worker = await TestWorker.start({ GRAPH_URL: graph.url });
});
afterAll(async () => {
  await worker.stop();
  await graph.stop();
});
beforeEach(() => newTenant());

/** With a contact that agreed to everything two days ago. */
async function newTenant(): Promise<void> {
  tenant = await worker.tenant();
  contact = tenant.contact;
  await worker.pool.query(`UPDATE consents SET updated_at = now() - interval '2 days' WHERE tenant_id = $1`, [tenant.tenantId]);
}

/** Seconds of Meta's clock, so long ago. */
const ago = (seconds: number): number => Math.floor(Date.now() / 1_000) - seconds;
const says = (text: string, secondsAgo = 0, number: TestNumber = tenant.number, wamid = uniqueWamid()): Promise<void> =>
  worker.receive(customerText(number.graphId, contact.phone, text, wamid, ago(secondsAgo)));
const taps = (payload: string, text: string): Promise<void> => {
  const from = contact.phone.slice(1);
  const messages = [{ from, id: uniqueWamid(), timestamp: String(ago(0)), type: 'button', button: { payload, text } }];
  return worker.receive(envelope(tenant.number.graphId, { messages, contacts: [{ wa_id: from, profile: { name: 'Ana' } }] }));
};

/** What stands for every number, or for one. */
async function standing(of: TestTenant = tenant, numberId: string | null = null, contactId = of.contact.id): Promise<Record<string, string>> {
  const rows = await worker.rows<{ purpose: string; status: string }>(
    'SELECT purpose, status FROM consents WHERE tenant_id = $1 AND contact_id = $2 AND phone_number_id IS NOT DISTINCT FROM $3 ORDER BY purpose',
    [of.tenantId, contactId, numberId],
  );
  return Object.fromEntries(rows.map(({ purpose, status }) => [purpose, status]));
}
const proofs = (source: string) =>
  worker.rows<{ purpose: string; status: string; evidence: string; message_id: string; phone_number_id: string | null }>(
    'SELECT * FROM consent_events WHERE tenant_id = $1 AND source = $2 ORDER BY id',
    [tenant.tenantId, source],
  );
const outbound = () =>
  worker.rows<{ id: string; sender: string; state: string; reason: string | null; display_content: string }>(`SELECT * FROM messages WHERE tenant_id = $1 AND direction = 'OUTBOUND' ORDER BY id`, [tenant.tenantId]);

/** How it ended, once it did. */
async function endOf(id: string): Promise<string> {
  const read = async () => (await worker.rows<{ state: string; reason: string | null }>('SELECT state, reason FROM messages WHERE id = $1', [id]))[0]!;
  await waitFor(async () => ['ACCEPTED', 'FAILED'].includes((await read()).state));
  const { state, reason } = await read();
  return reason ?? state;
}

/** What acceptance says to a text or a template now. */
async function asks(kind: 'text' | 'template', number: TestNumber = tenant.number, of: TestTenant = tenant): Promise<string> {
  const { name, language } = of.template;
  const content = kind === 'text' ? { kind, content: { body: 'Yes, until ten' } } : { kind, content: { name, language, parameters: { body: ['Ana'] } } };
  const draft = { ...content, numberId: number.id, to: of.contact.phone, sender: 'app' } as MessageDraft;
  const accepting = worker.app.get(AcceptMessages, { strict: false }).accept({ tenantId: of.tenantId, draft, source: 'api', idempotencyKey: null, requestHash: Buffer.alloc(0) });
  return accepting.then(({ message }) => message.id, (error: { code: string }) => error.code);
}

const settle = (value: object): Promise<unknown> =>
  worker.pool.query(
    `INSERT INTO tenant_settings (tenant_id, section, value, updated_by) VALUES ($1, 'consent', $2, 'spec')
     ON CONFLICT (tenant_id, section) DO UPDATE SET value = excluded.value`,
    [tenant.tenantId, JSON.stringify(value)],
  );

describe('STOP', () => {
  it('takes back everything with the message as its proof, is answered once, and nothing else leaves', async () => {
    const wamid = uniqueWamid();
    await Promise.all([1, 2, 3].map(() => says('  Stop! ', 0, tenant.number, wamid)));
    expect(await standing()).toEqual(EVERY('REVOKED'));
    const [message] = await worker.rows<{ id: string }>('SELECT id FROM messages WHERE wamid = $1', [wamid]);
    const entries = await proofs('stop-word');
    expect(entries.map(({ purpose }) => purpose).sort()).toEqual(ALL);
    for (const entry of entries) expect(entry).toMatchObject({ status: 'REVOKED', evidence: '  Stop! ', message_id: message!.id, phone_number_id: null });
    const events = await worker.rows<{ data: object }>(`SELECT data FROM events WHERE tenant_id = $1 AND type = 'whatsapp.consent_changed'`, [tenant.tenantId]);
    expect(events).toMatchObject([{ data: { contactId: contact.id, numberId: null, status: 'REVOKED', purpose: null, purposes: ['service', 'utility', 'authentication', 'marketing'] } }]);

    const [confirmation, ...others] = await outbound();
    expect(others).toEqual([]);
    expect(confirmation).toMatchObject({ sender: 'system', display_content: CONSENT_LOCALES['en']!.stopConfirmation });
    expect(await endOf(confirmation!.id)).toBe('ACCEPTED');
    expect(await Promise.all([asks('text'), asks('template')])).toEqual(['consent.revoked', 'consent.revoked']);
    // Not even what looks like the confirmation, but is not the one that the refusal names.
    const forged = await insertMessage(worker.pool, pairOf(tenant), { purpose: 'service', lane: 1, columns: { sender: 'system', reply_to_wamid: wamid, recipient: contact.phone } });
    expect(await endOf(forged)).toBe('consent.revoked');

    await says('STOP');
    expect(await proofs('stop-word')).toHaveLength(8);
    expect(await outbound()).toHaveLength(2);
    expect(graph.sendsTo(contact.phone).map(({ body }) => body['text'])).toMatchObject([{ body: CONSENT_LOCALES['en']!.stopConfirmation }]);
  });

  it('lets a later message be answered for its window, whichever of the two is heard of first', async () => {
    for (const order of [[60, 30], [30, 60]]) {
      await newTenant();
      for (const seconds of order) await says(seconds === 60 ? 'Dezabonare' : 'Is the kitchen open?', seconds);
      expect(await standing()).toEqual(EVERY('REVOKED'));
      expect(await asks('template')).toBe('consent.revoked');
      const answer = await asks('text');
      expect(await endOf(answer)).toBe('ACCEPTED');
      const late = await insertMessage(worker.pool, pairOf(tenant), { templateId: tenant.template.id, columns: { recipient: contact.phone } });
      expect(await endOf(late)).toBe('consent.revoked');
      // Another STOP ends that as well.
      await says('stop', 10);
      expect(await asks('text')).toBe('consent.revoked');
    }
  });

  it('counts against what a stranger granted by writing before it, however late both are heard of', async () => {
    contact = await insertContact(worker.pool, tenant.tenantId);
    await says('hello', 60);
    await says('STOP', 30);
    expect(await standing(tenant, null, contact.id)).toEqual(EVERY('REVOKED'));
  });

  it('is not answered where the window has closed or the tenant wants no answers, and still counts', async () => {
    await says('STOP', 25 * 3_600);
    expect([await standing(), await outbound()]).toEqual([EVERY('REVOKED'), []]);
    await newTenant();
    await settle({ confirm: false });
    await says('Nu mai vreau mesaje!');
    expect([await standing(), await outbound()]).toEqual([EVERY('REVOKED'), []]);
  });

  it('counts for the number alone where the tenant wants it so; the stricter of the two holds, and other tenants are not touched', async () => {
    await settle({ scope: 'number' });
    const second = await insertNumber(worker.pool, tenant.tenantId, tenant.accountId);
    const other = await worker.tenant();
    const twin = await insertContact(worker.pool, other.tenantId, { phone: contact.phone, consents: ALL });
    await says('hello', 60, second);
    await says('hello', 60);
    await says('STOP', 30);
    expect(await standing()).toEqual(EVERY('GRANTED'));
    expect(await standing(tenant, tenant.number.id)).toEqual(EVERY('REVOKED'));
    expect(await Promise.all([asks('text'), asks('template')])).toEqual(['consent.revoked', 'consent.revoked']);
    expect(await endOf(await insertMessage(worker.pool, pairOf(tenant), { templateId: tenant.template.id, columns: { recipient: contact.phone } }))).toBe('consent.revoked');
    expect(await Promise.all([endOf(await asks('text', second)), standing(other, null, twin.id)])).toEqual(['ACCEPTED', EVERY('GRANTED')]);
    expect(await endOf(await asks('template', second))).toBe('ACCEPTED');
    // A refusal for every number holds against the number's own grant, too.
    await says('START');
    await setConsent(worker.pool, tenant.tenantId, contact.id, 'utility', 'DENIED');
    expect([await standing(tenant, tenant.number.id), await asks('template')]).toEqual([EVERY('GRANTED'), 'consent.denied']);
  });
});

describe('START', () => {
  it('gives back what STOP took, also what was refused to this number alone, and is answered', async () => {
    await settle({ scope: 'number' });
    await says('STOP', 90);
    await settle({});
    await says('Oprește', 60);
    expect([await standing(), await standing(tenant, tenant.number.id)]).toEqual([EVERY('REVOKED'), EVERY('REVOKED')]);
    await says('Abonează-mă', 30);
    expect([await standing(), await standing(tenant, tenant.number.id)]).toEqual([EVERY('GRANTED'), EVERY('GRANTED')]);
    const [en, ro] = [CONSENT_LOCALES['en']!, CONSENT_LOCALES['ro']!];
    expect((await outbound()).map((one) => one.display_content)).toEqual([en.stopConfirmation, ro.stopConfirmation, ro.startConfirmation]);
    await says('hello');
    expect([await endOf(await asks('template')), await endOf(await asks('text'))]).toEqual(['ACCEPTED', 'ACCEPTED']);
  });

  it('that is older than a STOP has no effect, though it comes later', async () => {
    await says('STOP', 10);
    await says('START', 20);
    expect(await standing()).toEqual(EVERY('REVOKED'));
    expect(await proofs('start-word')).toHaveLength(4);
  });
});

it('an opt-out button takes back marketing alone', async () => {
  await settle({ optOutButtons: ['NO_NEWS'] });
  await taps('NO_NEWS', 'No, thanks');
  expect(await standing()).toEqual({ ...EVERY('GRANTED'), marketing: 'REVOKED' });
  expect(await proofs('opt-out')).toMatchObject([{ purpose: 'marketing', evidence: 'NO_NEWS · No, thanks' }]);
  expect(await outbound()).toEqual([]);
  await setConsent(worker.pool, tenant.tenantId, contact.id, 'marketing');
  await worker.pool.query(`UPDATE consents SET decided_at = NULL, updated_at = now() - interval '1 minute' WHERE tenant_id = $1`, [tenant.tenantId]);
  await taps('Oprește promoțiile', 'Oprește promoțiile');
  expect((await standing())['marketing']).toBe('REVOKED');
});

describe('what stands', () => {
  const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 12, 0, second));
  const second = fc.integer({ min: 0, max: 3 });
  const decision = fc.option(fc.record({ status: fc.constantFrom(...CONSENT_STATUSES), second }));
  const standings = fc.record({ everywhere: decision, here: decision, elsewhere: decision, purpose: fc.constantFrom('service', 'marketing'), wrote: fc.option(second) });

  it('lets the claim go exactly where the rule lets go, for every number and for one', async () => {
    const elsewhere = await insertNumber(worker.pool, tenant.tenantId, tenant.accountId);
    const [{ id: eventId } = { id: '' }] = await worker.rows<{ id: string }>('SELECT id FROM consent_events WHERE tenant_id = $1 LIMIT 1', [tenant.tenantId]);
    const cases = fc.sample(standings, { numRuns: 400, seed: 3 });
    const { rows: people } = await worker.pool.query<{ id: string }>('INSERT INTO contacts (tenant_id) SELECT $1 FROM generate_series(1, $2::int) RETURNING id', [tenant.tenantId, cases.length]);
    const rows = cases.flatMap(({ purpose, ...one }, place) =>
      ([['everywhere', null], ['here', tenant.number.id], ['elsewhere', elsewhere.id]] as const).flatMap(([scope, numberId]) => {
        const said = one[scope];
        return said === null ? [] : [{ contactId: people[place]!.id, purpose, numberId, status: said.status, at: at(said.second) }];
      }),
    );
    await worker.pool.query(
      `INSERT INTO consents (tenant_id, contact_id, purpose, channel, phone_number_id, status, event_id, decided_at)
       SELECT $1, i.contact_id, i.purpose, 'WHATSAPP' || coalesce(':' || i.number_id, ''), i.number_id, i.status, $2, i.at
         FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::timestamptz[]) AS i (contact_id, purpose, number_id, status, at)`,
      [tenant.tenantId, eventId, rows.map((r) => r.contactId), rows.map((r) => r.purpose), rows.map((r) => r.numberId), rows.map((r) => r.status), rows.map((r) => r.at)],
    );
    const agreed = agreement({ tenantId: '$1', contactId: 'i.contact_id', purpose: 'i.purpose', numberId: '$2', wroteAt: 'i.wrote_at' });
    const answers = await worker.rows<{ agreed: boolean | null }>(
      `SELECT ${agreed} AS agreed FROM unnest($3::uuid[], $4::text[], $5::timestamptz[]) WITH ORDINALITY AS i (contact_id, purpose, wrote_at, ord) ORDER BY ord`,
      [tenant.tenantId, tenant.number.id, people.map(({ id }) => id), cases.map(({ purpose }) => purpose), cases.map(({ wrote }) => (wrote === null ? null : at(wrote)))],
    );
    for (const [place, { purpose, everywhere, here, wrote }] of cases.entries()) {
      const records = [everywhere, here].flatMap((said) => (said === null ? [] : [{ purpose, status: said.status, decidedAt: at(said.second) } as ConsentRecord]));
      const verdict = consentVerdict(records, purpose as ConsentPurpose, { windowOpen: true, lastInboundAt: wrote === null ? null : at(wrote) });
      expect([cases[place], answers[place]!.agreed ?? purpose === 'service']).toEqual([cases[place], verdict.ok]);
    }
  });
});

describe("a person's choice in WhatsApp", () => {
  const choice = (value: string, second: number) => {
    const change = { field: 'user_preferences', value: { messaging_product: 'whatsapp', metadata: { phone_number_id: tenant.number.graphId }, user_preferences: [{ wa_id: contact.phone.slice(1), category: 'marketing_messages', value, timestamp: ago(600) + second }] } };
    return { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [change] }] };
  };

  it('counts by its time: any order and number of deliveries ends alike', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 0, 3], { minLength: 6 }), fc.boolean(), async (order, together) => {
        tenant = await worker.tenant();
        contact = await insertContact(worker.pool, tenant.tenantId);
        const choices = [choice('stop', 10), choice('resume', 20), choice('stop', 30), choice('resume', 30)];
        const bodies = order.map((at) => choices[at]!);
        await (together ? worker.receive(...bodies) : bodies.reduce((before, body) => before.then(() => worker.receive(body)), Promise.resolve()));
        // Of two in the same second the refusal counts.
        expect(await standing(tenant, null, contact.id)).toEqual({ marketing: 'REVOKED' });
        expect(await worker.rows('SELECT FROM consent_events WHERE tenant_id = $1 AND once_key IS NOT NULL GROUP BY once_key HAVING count(*) > 1', [tenant.tenantId])).toEqual([]);
      }),
      { numRuns: 8, seed: 7 },
    );
  });

  it('is learnt from the refusal of a message as well, by answer or by status', async () => {
    const template = await insertTemplate(worker.pool, tenant.tenantId, tenant.accountId, { category: 'MARKETING' });
    graph.to(contact.phone, refuse(131050));
    const refused = await insertMessage(worker.pool, pairOf(tenant), { templateId: template.id, purpose: 'marketing', lane: 3, columns: { recipient: contact.phone } });
    expect(await endOf(refused)).toBe('meta.131050');
    await waitFor(async () => (await standing())['marketing'] === 'REVOKED');
    expect(await proofs('meta')).toMatchObject([{ purpose: 'marketing', message_id: refused }]);
    expect(await standing()).toEqual({ ...EVERY('GRANTED'), marketing: 'REVOKED' });

    tenant = await worker.tenant();
    graph.to(tenant.contact.phone, accept);
    const taken = await insertMessage(worker.pool, pairOf(tenant), { templateId: tenant.template.id, columns: { recipient: tenant.contact.phone } });
    expect(await endOf(taken)).toBe('ACCEPTED');
    const [{ wamid } = { wamid: '' }] = await worker.rows<{ wamid: string }>('SELECT wamid FROM messages WHERE id = $1', [taken]);
    const failed = { id: wamid, status: 'failed', timestamp: String(ago(0)), recipient_id: tenant.contact.phone.slice(1), errors: [{ code: 131050, title: 'Stopped' }] };
    await worker.receive(envelope(tenant.number.graphId, { statuses: [failed, failed] }));
    expect([(await standing())['marketing'], (await proofs('meta')).length]).toEqual(['REVOKED', 1]);
  });
});
