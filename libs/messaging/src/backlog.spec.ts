import type { Statement, SystemQueries } from '@parley/data';
import { DomainError, provenTenant } from '@parley/domain';
import { Backlog } from './backlog.js';

const [CASA, MARE] = ['casa', 'mare'].map(provenTenant);

/** A database that counts what the spec says, and notes what it was asked together. */
function setUp(counts: Readonly<Record<string, { tenantId: string; messages: number }>>) {
  const asked: (readonly string[])[] = [];
  const failures: unknown[] = [];
  const state = { counts, isAway: false };
  const query = async ({ name }: Statement, values: readonly unknown[] = []): Promise<unknown[]> => {
    if (state.isAway) throw new DomainError('database.unavailable');
    if (name === 'backlog.numbers') return Object.entries(state.counts).map(([numberId, { tenantId }]) => ({ tenantId, numberId }));
    const numberIds = values[0] as string[];
    asked.push(numberIds);
    return numberIds.map((id) => ({ messages: state.counts[id]!.messages }));
  };
  const db = { query } as unknown as SystemQueries;
  const backlog = new Backlog({ db, caps: { tenant: 10, platform: 15 }, pauseMs: 600_000, onFailure: (error) => void failures.push(error) });
  return { backlog, asked, failures, state };
}

describe('Backlog', () => {
  it('has room for everybody until it has counted', () => {
    expect(setUp({}).backlog.refusal(CASA!, 10)).toBeNull();
  });

  it('refuses a tenant what goes beyond its cap, over all of its numbers', async () => {
    const { backlog } = setUp({ a: { tenantId: 'casa', messages: 5 }, b: { tenantId: 'casa', messages: 4 }, c: { tenantId: 'mare', messages: 1 } });
    await backlog.refresh();
    expect([backlog.refusal(CASA!), backlog.refusal(MARE!, 4)]).toEqual([null, null]);
    expect(backlog.refusal(CASA!, 2)).toMatchObject({ code: 'backlog.tenant-full', retryAfterSeconds: 30 });
    backlog.grow(CASA!);
    expect(backlog.refusal(CASA!)).toMatchObject({ code: 'backlog.tenant-full' });
    expect([backlog.ofNumber('a'), backlog.ofNumber('z')]).toEqual([5, 0]);
    await backlog.stop();
  });

  it('refuses everybody beyond the cap of the platform', async () => {
    const { backlog } = setUp({ a: { tenantId: 'casa', messages: 9 }, c: { tenantId: 'mare', messages: 6 } });
    await backlog.refresh();
    expect(backlog.refusal(MARE!)).toMatchObject({ code: 'backlog.platform-full', httpStatus: 503 });
    await backlog.stop();
  });

  it('forgets at the next count what it added itself, and keeps the last count when the database is away', async () => {
    const { backlog, state, failures } = setUp({ a: { tenantId: 'casa', messages: 9 } });
    await backlog.refresh();
    backlog.grow(CASA!);
    state.counts = { a: { tenantId: 'casa', messages: 2 } };
    await backlog.refresh();
    expect(backlog.refusal(CASA!, 8)).toBeNull();
    state.isAway = true;
    await backlog.refresh();
    expect(failures).toMatchObject([{ code: 'database.unavailable' }]);
    expect(backlog.refusal(CASA!, 9)).toMatchObject({ code: 'backlog.tenant-full' });
    await backlog.stop();
  });

  it('keeps what is accepted while it counts, which may take minutes', async () => {
    const { backlog } = setUp({ a: { tenantId: 'casa', messages: 9 }, c: { tenantId: 'mare', messages: 5 } });
    const counting = backlog.refresh();
    backlog.grow(CASA!);
    await counting;
    expect(backlog.refusal(CASA!)).toMatchObject({ code: 'backlog.tenant-full' });
    expect(backlog.refusal(MARE!)).toMatchObject({ code: 'backlog.platform-full' });
    await backlog.refresh();
    expect(backlog.refusal(CASA!)).toBeNull();
    await backlog.stop();
  });

  it('counts a long backlog alone and many short ones together, by what they had last time, and unknown ones two at a time', async () => {
    const { backlog, asked } = setUp({
      a: { tenantId: 'casa', messages: 5 },
      b: { tenantId: 'mare', messages: 300_000 },
      c: { tenantId: 'mare', messages: 5 },
      d: { tenantId: 'mare', messages: 5 },
    });
    await backlog.refresh();
    await backlog.refresh();
    expect(asked).toEqual([['a', 'b'], ['c', 'd'], ['a'], ['b'], ['c', 'd']]);
    await backlog.stop();
  });
});
