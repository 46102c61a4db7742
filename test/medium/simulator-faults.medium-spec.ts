import { listErrorCodes } from '../../apps/simulator/src/graph/error-codes.js';
import type { Json } from '../support/rest-client.js';
import { NUMBER, refusalOf, SimulatedMeta } from '../support/simulated-meta.js';
import { CUSTOMER, SimulatedSends, wamidOf } from '../support/simulated-sends.js';
import { waitFor } from '../support/wait-for.js';

describe("the simulator's faults", () => {
  let meta: SimulatedMeta;
  let sends: SimulatedSends;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
    sends = new SimulatedSends(meta);
  });

  afterAll(() => meta.stop());

  beforeEach(() => sends.reset());

  const ask = (fault: Json): Promise<Json> => meta.control('POST', '/faults', fault);

  describe('by recipient', () => {
    interface Magic {
      readonly suffix: string;
      readonly kind: string;
      readonly description: string;
    }

    it('gives every code of Meta to the number that ends in it, at once or by status', async () => {
      const magic = await meta.control<Magic[]>('GET', '/faults/magic-recipients');
      const codes = magic.filter(({ suffix }) => !suffix.startsWith('199'));
      expect(codes).toHaveLength(listErrorCodes().length);
      for (const { suffix, kind, description } of codes) {
        const code = Number(description.split(' ', 1)[0]);
        const answer = await sends.send({ to: `+1555${suffix}` });
        if (kind === 'error') expect([suffix, refusalOf(answer)[1]]).toEqual([suffix, code]);
        else expect([suffix, await sends.failureOf(wamidOf(answer))]).toEqual([suffix, code]);
      }
    });

    it('gives a code that comes both ways by status after a nine', async () => {
      expect(refusalOf(await sends.send({ to: '+15550131048' }))).toEqual([400, 131048]);
      expect(await sends.failureOf(wamidOf(await sends.send({ to: '+15559131048' })))).toBe(131048);
    });

    it.each([
      ['199429', 429, 130429, '2'],
      ['199501', 500, 1, null],
      ['199503', 503, 2, null],
      ['199057', 500, 131057, null],
    ])('%s refuses with %i and the code %i', async (suffix, status, code, retryAfter) => {
      const answer = await sends.send({ to: `+15550${suffix}` });
      expect(refusalOf(answer).slice(0, 2)).toEqual([status, code]);
      expect(answer.headers.get('retry-after')).toBe(retryAfter);
      expect(await sends.accepted()).toBe(0);
    });

    it.each([
      ['199500', 500, '', 0],
      ['199502', 502, '<!DOCTYPE html>', 0],
      ['199504', 504, '', 1],
      ['199505', 500, '{"error"', 1],
    ])('%s answers %i with "%s" and accepts %i', async (suffix, status, body, accepted) => {
      const answer = await sends.send({ to: `+15550${suffix}` });
      expect([answer.status, answer.text.slice(0, body.length)]).toEqual([status, body]);
      if (body === '') expect(answer.text).toBe('');
      expect(await sends.accepted()).toBe(accepted);
    });

    it.each([
      ['199001', 'never answers', /timeout/, 0],
      ['199002', 'never answers', /timeout/, 1],
      ['199003', 'resets the connection', /fetch failed/, 0],
      ['199004', 'resets the connection', /fetch failed/, 1],
      ['199005', 'answers byte by byte', /timeout/, 1],
      ['199006', 'answers late', /timeout/, 1],
    ])('%s %s (%s) and accepts %i', async (suffix, _what, error, accepted) => {
      await expect(sends.hasty(`+15550${suffix}`, 250)).rejects.toThrow(error);
      expect(await sends.accepted()).toBe(accepted);
    });

    it.each([
      ['199011', ['sent', 'sent', 'sent', 'delivered', 'delivered', 'delivered', 'read', 'read', 'read']],
      ['199012', ['read', 'delivered', 'sent']],
      ['199016', ['sent', 'failed']],
      ['199017', ['sent', 'read']],
    ])('%s gives the statuses %j', async (suffix, statuses) => {
      await sends.until(wamidOf(await sends.send({ to: `+15550${suffix}` })), statuses);
    });

    it('199013 gives its statuses a minute late, and 199014 none', async () => {
      const late = wamidOf(await sends.send({ to: '+15550199013' }));
      const never = wamidOf(await sends.send({ to: '+15550199014' }));
      await sends.until(wamidOf(await sends.send()), ['sent', 'delivered', 'read']);
      expect(sends.of(late)).toEqual([]);
      await meta.control('POST', '/clock/advance', { byMs: 61_000 });
      await sends.until(late, ['sent', 'delivered', 'read']);
      expect(sends.of(never)).toEqual([]);
    });

    it('199015 brings the first status before the answer', async () => {
      const wamid = wamidOf(await sends.send({ to: '+15550199015' }));
      expect(sends.of(wamid)).toContain('sent');
    });

    it('199021 is held and let go, 199022 is held and fails', async () => {
      const held = await sends.send({ to: '+15550199021' });
      const dropped = await sends.send({ to: '+15550199022' });
      for (const { body } of [held, dropped]) {
        expect(body['messages']).toMatchObject([{ message_status: 'held_for_quality_assessment' }]);
      }
      expect([sends.of(wamidOf(held)), sends.of(wamidOf(dropped))]).toEqual([[], []]);
      await meta.control('POST', '/clock/advance', { byMs: 61_000 });
      await sends.until(wamidOf(held), ['sent', 'delivered', 'read']);
      expect(await sends.failureOf(wamidOf(dropped))).toBe(132015);
    });

    it('can be switched off', async () => {
      await meta.control('PUT', '/settings', { magicRecipients: false });
      expect((await sends.send({ to: '+15550199500' })).status).toBe(200);
    });
  });

  describe('by control', () => {
    it('hit as often as they were asked to, one number and one recipient only', async () => {
      await ask({ kind: 'error', code: 131016, count: 2, match: { to: CUSTOMER, phoneNumberId: NUMBER } });
      expect((await sends.send({ to: '+40721000009' })).status).toBe(200);
      const answers = [await sends.send(), await sends.send(), await sends.send()];
      expect(answers.map(({ status }) => status)).toEqual([500, 500, 200]);
    });

    it('answer with another HTTP status than the code has', async () => {
      await ask({ kind: 'error', code: 131000, status: 503 });
      expect(refusalOf(await sends.send())).toEqual([503, 131000]);
    });

    it('keep a number in maintenance for as long as they say', async () => {
      await ask({ kind: 'maintenance', durationMs: 60_000 });
      const answers = [await sends.send(), await sends.send()];
      expect(answers.map((answer) => refusalOf(answer)[1])).toEqual([131057, 131057]);
      await meta.control('POST', '/clock/advance', { byMs: 60_000 });
      expect((await sends.send()).status).toBe(200);
    });

    it('strike a share of the sends, the same ones from the same seed', async () => {
      const course = async (seed: number): Promise<number[]> => {
        await meta.control('POST', '/reset', { keepAccounts: true, seed });
        await ask({ kind: 'http', status: 500, share: 0.5, count: 1000 });
        const statuses: number[] = [];
        for (let sent = 0; sent < 24; sent += 1) statuses.push((await sends.send()).status);
        return statuses;
      };
      const first = await course(7);
      expect(new Set(first)).toEqual(new Set([200, 500]));
      expect(await course(7)).toEqual(first);
      expect(await course(8)).not.toEqual(first);
    });

    it('fail a message of one send, before or after it was sent', async () => {
      await ask({ kind: 'failed-after-sent', code: 131053 });
      const wamid = wamidOf(await sends.send());
      expect(await sends.failureOf(wamid)).toBe(131053);
      expect(sends.of(wamid)).toEqual(['sent', 'failed']);
    });

    it('strike any Graph request by its path, before its token is looked at', async () => {
      await ask({ kind: 'http', status: 502, match: { path: '/message_templates' } });
      await ask({ kind: 'error', code: 80007, match: { path: '/message_templates' } });
      expect((await sends.send()).status).toBe(200);
      expect((await meta.graph('GET', '2001/message_templates')).status).toBe(502);
      expect(refusalOf(await meta.graph('GET', '2001/message_templates'))).toEqual([400, 80007]);
      expect((await meta.graph('GET', '2001/message_templates')).status).toBe(200);
    });

    it('are taken back, one or all', async () => {
      const { id } = await ask({ kind: 'hang' });
      await ask({ kind: 'reset' });
      await meta.control('DELETE', `/faults/${String(id)}`);
      expect(await meta.control('GET', '/faults')).toMatchObject([{ kind: 'reset' }]);
      await meta.control('DELETE', '/faults');
      expect((await sends.send()).status).toBe(200);
      await expect(meta.control('DELETE', '/faults/77')).rejects.toThrow('fault.not_found');
    });

    it('are refused with the field that is wrong', async () => {
      await expect(ask({ kind: 'nonsense' })).rejects.toThrow('/kind');
      await expect(ask({ kind: 'slow', match: { path: '/media' } })).rejects.toThrow('fault.needs_send');
    });
  });

  describe('of webhooks', () => {
    it('drop a share of the updates, and say how many', async () => {
      await meta.control('PUT', '/settings', { webhookDropShare: 1 });
      const wamid = wamidOf(await sends.send());
      await waitFor(async () => (await meta.control('GET', '/receiver'))['droppedUpdates'] === 3);
      expect(sends.of(wamid)).toEqual([]);
    });

    it('come late and in another order', async () => {
      await meta.control('PUT', '/settings', { webhookDelayMs: { min: 1, max: 600_000 } });
      const wamids = [];
      for (let sent = 0; sent < 10; sent += 1) wamids.push(wamidOf(await sends.send()));
      await waitFor(async () => {
        const { entries } = await meta.control<{ entries: { statuses: string[] }[] }>('GET', '/ledger');
        return entries.every(({ statuses }) => statuses.length === 3);
      });
      await meta.control('POST', '/clock/advance', { byMs: 600_000 });
      await waitFor(() => sends.statuses.length === 30);
      expect(wamids.some((wamid) => sends.of(wamid).join() !== 'sent,delivered,read')).toBe(true);
    });
  });
});
