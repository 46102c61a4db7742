import fc from 'fast-check';
import pg from 'pg';
import { DomainError } from '@parley/domain';
import { Batcher, type SetReport, type BatcherLimits, type BatcherOptions } from './batcher.js';

interface Row {
  key: string;
  bytes: number;
}

const MEGABYTE = 1024 * 1024;

const row = (key: string | number, bytes = 100): Row => ({ key: String(key), bytes });
const keysOf = (rows: readonly Row[]): string[] => rows.map(({ key }) => key);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An error as Postgres gives it. */
const refused = (code: string): pg.DatabaseError => Object.assign(new pg.DatabaseError('refused', 0, 'error'), { code });

/** A database that answers when it is told to, and remembers the sets that came. */
class Gate {
  readonly sets: Row[][] = [];
  private readonly open: (() => void)[] = [];

  readonly run = async (rows: readonly Row[]): Promise<string[]> => {
    this.sets.push([...rows]);
    await new Promise<void>((resolve) => this.open.push(resolve));
    return rows.map(({ key }) => `done ${key}`);
  };

  get underWay(): number {
    return this.open.length;
  }

  answer(): void {
    this.open.shift()?.();
  }

  async answerAll(): Promise<void> {
    for (await turn(); this.underWay > 0; await turn()) this.answer();
  }
}

function batcherOf(run: BatcherOptions<Row, string>['run'], limits: Partial<BatcherLimits> = {}): Batcher<Row, string> {
  return new Batcher({ name: 'spec', run, keyOf: ({ key }) => key, bytesOf: ({ bytes }) => bytes, limits });
}

const echo = (rows: readonly Row[]): Promise<string[]> => Promise.resolve(rows.map(({ key }) => `done ${key}`));

describe('Batcher', () => {
  it('lets a lone row leave in the next turn of the event loop: there is no timer', async () => {
    const gate = new Gate();
    const answer = batcherOf(gate.run).add(row('a'));
    expect(gate.underWay).toBe(0);
    await turn();
    expect(gate.underWay).toBe(1);
    gate.answer();
    await expect(answer).resolves.toBe('done a');
  });

  it('puts what one turn of the event loop brings into one set', async () => {
    const gate = new Gate();
    const batcher = batcherOf(gate.run);
    const all = Promise.all([1, 2, 3].map((key) => batcher.add(row(key))));
    await gate.answerAll();
    await all;
    expect(gate.sets.map(keysOf)).toEqual([['1', '2', '3']]);
  });

  it('has two sets under way at most; what comes meanwhile is the next set, as soon as a slot is free', async () => {
    const gate = new Gate();
    const batcher = batcherOf(gate.run);
    const all: Promise<string>[] = [];
    for (const key of ['a', 'b', 'c', 'd']) {
      all.push(batcher.add(row(key)));
      await turn();
      await turn();
    }
    expect(gate.sets.map(keysOf)).toEqual([['a'], ['b']]);
    gate.answer();
    await turn();
    await turn();
    expect(gate.sets.map(keysOf)).toEqual([['a'], ['b'], ['c', 'd']]);
    await gate.answerAll();
    await Promise.all(all);
  });

  it('takes 500 rows a set at most', async () => {
    const gate = new Gate();
    const batcher = batcherOf(gate.run);
    const all = Promise.all(Array.from({ length: 1_200 }, (_, at) => batcher.add(row(at))));
    await gate.answerAll();
    await all;
    expect(gate.sets.map((set) => set.length)).toEqual([500, 500, 200]);
  });

  it('keeps rows that came together in one set, which may make the set before them smaller', async () => {
    const gate = new Gate();
    const batcher = batcherOf(gate.run);
    const single = Promise.all([row('a'), row('b')].map((one) => batcher.add(one)));
    const many = Promise.all(batcher.addAll(Array.from({ length: 499 }, (_, at) => row(at))));
    const more = batcher.add(row('c'));
    await gate.answerAll();
    expect(await many).toEqual(Array.from({ length: 499 }, (_, at) => `done ${at}`));
    await Promise.all([single, more]);
    expect(gate.sets.map((set) => set.length)).toEqual([2, 500]);
  });

  it('divides what came together only where it is more than a set', async () => {
    const gate = new Gate();
    const all = Promise.all(batcherOf(gate.run).addAll(Array.from({ length: 700 }, (_, at) => row(at))));
    await gate.answerAll();
    await all;
    expect(gate.sets.map((set) => set.length)).toEqual([500, 200]);
  });

  it('takes 4 MB a set at most', async () => {
    const gate = new Gate();
    const batcher = batcherOf(gate.run);
    const all = Promise.all(Array.from({ length: 40 }, (_, at) => batcher.add(row(at, 256 * 1024))));
    await gate.answerAll();
    await all;
    expect(gate.sets.map((set) => set.length)).toEqual([16, 16, 8]);
  });

  it('sends a row of more than 256 kB alone', async () => {
    const gate = new Gate();
    const batcher = batcherOf(gate.run);
    const all = Promise.all([row('a'), row('b', 256 * 1024 + 1), row('c'), row('d')].map((one) => batcher.add(one)));
    await gate.answerAll();
    await all;
    expect(gate.sets.map(keysOf)).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  it('refuses with 503 what would make more than 64 MB wait, and takes rows again once there is room', async () => {
    const gate = new Gate();
    const batcher = batcherOf(gate.run);
    const all = Array.from({ length: 64 }, (_, at) => batcher.add(row(at, MEGABYTE)));
    expect(batcher.pendingBytes).toBe(64 * MEGABYTE);
    await expect(batcher.add(row('x', 1))).rejects.toMatchObject({ code: 'overload.backlog-full', httpStatus: 503, retryAfterSeconds: 1 });
    await gate.answerAll();
    await Promise.all(all);
    expect(batcher.pendingBytes).toBe(0);
    const again = batcher.add(row('y', 1));
    await gate.answerAll();
    await expect(again).resolves.toBe('done y');
  });

  it('runs a set once more after a deadlock, and only once', async () => {
    let deadlocks = 1;
    const runs: number[] = [];
    const batcher = batcherOf(async (rows) => {
      runs.push(rows.length);
      if (deadlocks-- > 0) throw refused('40P01');
      return echo(rows);
    });
    await expect(Promise.all([batcher.add(row('a')), batcher.add(row('b'))])).resolves.toEqual(['done a', 'done b']);
    expect(runs).toEqual([2, 2]);
    deadlocks = 2;
    await expect(batcher.add(row('c'))).rejects.toMatchObject({ code: 'database.unavailable', cause: { code: '40P01' } });
    expect(runs).toEqual([2, 2, 1, 1]);
  });

  it.each([
    ['a lost connection', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
    ['a server that shuts down', refused('57P01')],
    ['a pool without a connection in time', new Error('timeout exceeded when trying to connect')],
    ['addresses that all refuse', new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })])],
  ])('tells every caller of the set of %s with 503', async (_, error) => {
    let runs = 0;
    const batcher = batcherOf(() => {
      runs += 1;
      return Promise.reject(error);
    });
    const answers = await Promise.allSettled(['a', 'b', 'c'].map((key) => batcher.add(row(key))));
    expect(runs).toBe(1);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'database.unavailable', retryAfterSeconds: 1, cause: error } });
    }
  });

  it('does not halve for an error that is nobody\'s row, such as a missing right', async () => {
    let runs = 0;
    const batcher = batcherOf(() => {
      runs += 1;
      return Promise.reject(refused('42501'));
    });
    const answers = await Promise.allSettled(['a', 'b'].map((key) => batcher.add(row(key))));
    expect(runs).toBe(1);
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('trusts no set that answers fewer results than it was given rows', async () => {
    const batcher = batcherOf((rows) => Promise.resolve(rows.slice(1).map(({ key }) => key)));
    const answers = await Promise.allSettled(['a', 'b'].map((key) => batcher.add(row(key))));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('refuses what comes after close, and settles what was there before', async () => {
    const gate = new Gate();
    const batcher = batcherOf(gate.run, { maxRows: 1 });
    const before = ['a', 'b', 'c'].map((key) => batcher.add(row(key)));
    let closed = false;
    const closing = batcher.close().then(() => (closed = true));
    await expect(batcher.add(row('d'))).rejects.toMatchObject({ code: 'shutdown.in-progress', httpStatus: 503 });
    await turn();
    await turn();
    expect(closed).toBe(false);
    await gate.answerAll();
    await closing;
    await expect(Promise.all(before)).resolves.toEqual(['done a', 'done b', 'done c']);
  });

  it('closes at once when nothing is there', async () => {
    await expect(batcherOf(echo).close()).resolves.toBeUndefined();
  });

  it('tells of each set', async () => {
    const told: SetReport[] = [];
    const batcher = new Batcher<Row, string>({
      name: 'spec',
      run: echo,
      keyOf: ({ key }) => key,
      bytesOf: ({ bytes }) => bytes,
      observer: { flushed: (set) => told.push(set), refused: () => {} },
    });
    await Promise.all([batcher.add(row('a')), batcher.add(row('b'))]);
    const time = expect.any(Number) as number;
    expect(told).toEqual([{ rows: 2, waitedMs: time, tookMs: time, waitingBytes: 0, errors: [] }]);
  });
});

const arrivals = fc.array(
  fc.record({
    key: fc.integer({ min: 0, max: 50 }).map(String),
    bytes: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 61, max: 120 })),
    bad: fc.boolean(),
    pause: fc.integer({ min: 0, max: 2 }),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('Batcher, whatever arrives and whichever rows are bad', () => {
  const limits = { maxRows: 7, maxBytes: 100, aloneBytes: 60, maxWaitingBytes: 1_000 };

  it('keeps its limits, sorts each set, answers each row by its place, and fails the bad ones alone', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async (rows) => {
        let underWay = 0;
        const run = async (set: readonly (Row & { bad: boolean; place: number })[]): Promise<number[]> => {
          underWay += 1;
          expect(underWay).toBeLessThanOrEqual(2);
          expect(set.length).toBeLessThanOrEqual(limits.maxRows);
          if (set.length > 1) {
            expect(set.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(limits.maxBytes);
            expect(Math.max(...set.map(({ bytes }) => bytes))).toBeLessThanOrEqual(limits.aloneBytes);
          }
          expect(keysOf(set)).toEqual(keysOf(set).sort());
          await turn();
          underWay -= 1;
          if (set.some(({ bad }) => bad)) throw refused('23505');
          return set.map(({ place }) => place);
        };
        const batcher = new Batcher({ name: 'spec', run, keyOf: (one) => one.key, bytesOf: (one) => one.bytes, limits });
        const answers: Promise<PromiseSettledResult<number>>[] = [];
        for (const [place, one] of rows.entries()) {
          answers.push(Promise.allSettled([batcher.add({ ...one, place })]).then(([settled]) => settled));
          for (let turns = 0; turns < one.pause; turns += 1) await turn();
        }
        await batcher.close();
        for (const [place, answer] of (await Promise.all(answers)).entries()) {
          if (answer.status === 'fulfilled') expect([answer.value, rows[place]!.bad]).toEqual([place, false]);
          else if (!(answer.reason instanceof DomainError)) expect([rows[place]!.bad, answer.reason]).toMatchObject([true, { code: '23505' }]);
          else expect(answer.reason.code).toBe('overload.backlog-full');
        }
        expect(batcher.pendingBytes).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('finds a bad row among n by a number of sets that grows with log n', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 500 }), fc.nat(), async (count, seed) => {
        const bad = String(seed % count);
        let runs = 0;
        const batcher = batcherOf((rows) => {
          runs += 1;
          return rows.some(({ key }) => key === bad) ? Promise.reject(refused('22P05')) : echo(rows);
        });
        const answers = await Promise.allSettled(Array.from({ length: count }, (_, key) => batcher.add(row(key))));
        expect(answers.flatMap(({ status }, at) => (status === 'rejected' ? [String(at)] : []))).toEqual([bad]);
        expect(runs).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(count)) + 1);
      }),
      { numRuns: 40 },
    );
  });
});
