import type { Json } from '../support/rest-client.js';
import { NUMBER, OTHER, refusalOf, SimulatedMeta, TOKEN, WABA } from '../support/simulated-meta.js';
import { CUSTOMER, messageOf, SimulatedSends, wamidOf } from '../support/simulated-sends.js';

const DAY_MS = 24 * 60 * 60 * 1000;

describe("the simulator's limits", () => {
  let meta: SimulatedMeta;
  let sends: SimulatedSends;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
    sends = new SimulatedSends(meta);
  });

  afterAll(() => meta.stop());

  beforeEach(() => sends.reset({ statuses: false }));

  const settings = (changes: Json): Promise<Json> => meta.control('PUT', '/settings', changes);
  const advance = (byMs: number): Promise<Json> => meta.control('POST', '/clock/advance', { byMs });
  const guest = (at: number): string => `+4072200${String(at).padStart(4, '0')}`;

  /** How many of so many sends were accepted, and the codes of the others. */
  async function burst(count: number, to: (at: number) => string): Promise<{ accepted: number; codes: Set<unknown> }> {
    const answers = await Promise.all(Array.from({ length: count }, (_, at) => sends.send({ to: to(at) })));
    const refused = answers.filter(({ status }) => status !== 200);
    return { accepted: count - refused.length, codes: new Set(refused.map((answer) => refusalOf(answer)[1])) };
  }

  it('lets 45 messages through to one person, then one each six seconds', async () => {
    expect(await burst(50, () => CUSTOMER)).toEqual({ accepted: 45, codes: new Set([131056]) });
    expect((await sends.send({ to: guest(1) })).status).toBe(200);
    await advance(6000);
    expect(await burst(3, () => CUSTOMER)).toEqual({ accepted: 1, codes: new Set([131056]) });
  });

  it('takes another pair rate, or none', async () => {
    await settings({ pairBurst: 2, pairIntervalMs: 60_000 });
    expect((await burst(5, () => CUSTOMER)).accepted).toBe(2);
    await settings({ pairLimit: false });
    expect((await burst(50, () => CUSTOMER)).accepted).toBe(50);
  });

  it.each([
    ['COEXISTENCE', 20],
    ['STANDARD', 80],
  ])('holds a number of level %s to %i a second', async (throughputLevel, limit) => {
    const number = { id: NUMBER, displayPhoneNumber: '+1 555 078 3881', verifiedName: 'Sol', throughputLevel };
    await meta.account({ wabaId: WABA, token: TOKEN, numbers: [number] });
    const { accepted, codes } = await burst(limit + 40, guest);
    // A burst that takes longer than a second may take up some of the next one's.
    expect(accepted).toBeGreaterThanOrEqual(limit);
    expect(codes).toEqual(new Set([130429]));
    await advance(1000);
    expect((await sends.send({ to: guest(999) })).status).toBe(200);
  });

  it('counts what customers write towards the throughput', async () => {
    await settings({ throughputPerSecond: { STANDARD: 10, HIGH: 10, COEXISTENCE: 10 } });
    for (let written = 0; written < 10; written += 1) await sends.customerWrites();
    expect((await burst(3, guest)).accepted).toBeLessThan(3);
    await advance(1000);
    await settings({ inboundCounts: false });
    await sends.customerWrites();
    expect((await burst(10, guest)).accepted).toBe(10);
  });

  describe('messaging limit', () => {
    const ofPortfolio = (wabaId: string, token: string): Promise<Json> =>
      meta.account({ wabaId, token, portfolioId: '7001', messagingLimit: 'TIER_50' });

    it('counts people outside the window, of all accounts of the portfolio, for 24 hours', async () => {
      await ofPortfolio(WABA, TOKEN);
      await ofPortfolio(OTHER.wabaId, OTHER.token);
      expect((await burst(50, guest)).accepted).toBe(50);
      const full = await burst(2, (at) => guest(100 + at));
      expect(full).toEqual({ accepted: 0, codes: new Set([131048]) });
      const body = messageOf({ to: guest(200), type: 'text', text: { body: 'x' }, template: undefined });
      const other = await meta.graph('POST', `${OTHER.number}/messages`, { key: OTHER.token, body });
      expect(refusalOf(other)[1]).toBe(131048);
      // Somebody who was written to today does not count again.
      expect((await sends.send({ to: guest(0) })).status).toBe(200);
      await advance(DAY_MS);
      expect((await sends.send({ to: guest(100) })).status).toBe(200);
    });

    it('lets answers inside the window be, and can be switched off', async () => {
      await ofPortfolio(WABA, TOKEN);
      await burst(50, guest);
      await sends.customerWrites();
      expect((await sends.text()).status).toBe(200);
      expect((await sends.send({ to: guest(300) })).status).not.toBe(200);
      await settings({ messagingLimit: false });
      expect((await sends.send({ to: guest(300) })).status).toBe(200);
    });
  });

  describe('what the recipient wants', () => {
    beforeEach(() => settings({ statuses: true }));

    it('fails a free-form message a day after the customer wrote, and not before', async () => {
      await sends.customerWrites();
      await advance(DAY_MS - 60_000);
      await sends.until(wamidOf(await sends.text()), ['sent', 'delivered', 'read']);
      await advance(60_000);
      expect(await sends.failureOf(wamidOf(await sends.text()))).toBe(131047);
      await settings({ serviceWindow: false });
      await sends.until(wamidOf(await sends.text()), ['sent', 'delivered', 'read']);
    });

    it('fails marketing to whoever stopped it, tells the app so, and resumes', async () => {
      const path = `/customers/${encodeURIComponent(CUSTOMER)}/marketing`;
      await meta.control('POST', path, { phoneNumberId: NUMBER, isOptedOut: true });
      expect(await meta.toldOf('user_preferences')).toMatchObject([
        {
          metadata: { phone_number_id: NUMBER },
          user_preferences: [{ wa_id: '40721000001', category: 'marketing_messages', value: 'stop' }],
        },
      ]);
      expect(await sends.failureOf(wamidOf(await sends.send({}, 'summer')))).toBe(131050);
      await sends.until(wamidOf(await sends.send({}, 'order_ready')), ['sent', 'delivered', 'read']);
      await meta.control('POST', path, { phoneNumberId: NUMBER, isOptedOut: false });
      await sends.until(wamidOf(await sends.send({}, 'summer')), ['sent', 'delivered', 'read']);
    });

    it('caps marketing to one person in 24 hours', async () => {
      await settings({ marketingCap: 1 });
      await sends.until(wamidOf(await sends.send({}, 'summer')), ['sent', 'delivered', 'read']);
      expect(await sends.failureOf(wamidOf(await sends.send({}, 'summer')))).toBe(131049);
      await sends.until(wamidOf(await sends.send({ to: guest(1) }, 'summer')), ['sent', 'delivered', 'read']);
      await advance(DAY_MS);
      await sends.until(wamidOf(await sends.send({}, 'summer')), ['sent', 'delivered', 'read']);
    });

    it('fails whatever goes to somebody who blocked the number, and no other number', async () => {
      const path = `/customers/${encodeURIComponent(CUSTOMER)}`;
      await meta.control('POST', `${path}/block`, { phoneNumberId: NUMBER });
      await meta.control('POST', `${path}/block`, { phoneNumberId: OTHER.number });
      await meta.control('POST', `${path}/unblock`, { phoneNumberId: OTHER.number });
      expect(await sends.failureOf(wamidOf(await sends.send()))).toBe(131026);
      await sends.until(wamidOf(await sends.send({ to: guest(1) })), ['sent', 'delivered', 'read']);
      const chat = await meta.control('GET', `${path}/chat?number=${OTHER.number}`);
      expect(chat['isBlocked']).toBe(false);
    });

    it('holds new marketing templates, and fails them where the template was paused meanwhile', async () => {
      await settings({ heldShare: 1 });
      const { body } = await sends.send({}, 'summer');
      expect(body['messages']).toMatchObject([{ message_status: 'held_for_quality_assessment' }]);
      const wamid = (body['messages'] as { id: string }[])[0]?.id ?? '';
      const [{ id } = { id: '' }] = (await accountTemplates()).filter(({ name }) => name === 'summer');
      await meta.control('POST', `/templates/${id}/review`, { verdict: 'PAUSED_BY_PACING' });
      await advance(60_000);
      expect(await sends.failureOf(wamid)).toBe(132015);
    });
  });

  async function accountTemplates(): Promise<{ id: string; name: string }[]> {
    const account = await meta.control<{ templates: { id: string; name: string }[] }>('GET', `/accounts/${WABA}`);
    return account.templates;
  }
});
