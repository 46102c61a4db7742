import fc from 'fast-check';
import type pg from 'pg';
import { SendingSweep, SystemDb } from '@parley/data';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { insertRow, makeTenant, openPool } from '../support/fixtures.js';

const DAY_MS = 86_400_000;
/** An hour in 1990 to one in 2100, in whole microseconds. */
const instants = fc.bigInt({ min: 631_152_000_000_000n, max: 4_102_444_800_000_000n });
const asTime = (name: string): string => `(timestamptz 'epoch' + ${name}::bigint * interval '1 microsecond')`;
const hex = (uuid: string): string => uuid.replaceAll('-', '');
const rising = (ids: readonly string[]): boolean => ids.every((id, at) => at === 0 || ids[at - 1]! < id);

describe('ids', () => {
  let database: TestDatabase & { drop(): Promise<void> };
  let system: pg.Pool;

  beforeAll(async () => {
    database = await freshDatabase();
    system = openPool(database.system, 8);
  });
  afterAll(async () => {
    await system.end();
    await database.drop();
  });

  const value = async <T>(sql: string, values: unknown[] = []): Promise<T> => (await system.query<{ v: T }>(`SELECT ${sql} AS v`, values)).rows[0]!.v;

  describe('uuid_v7', () => {
    it('is a UUID of version 7 and of the RFC\'s variant, and no two are the same', async () => {
      const { rows } = await system.query<{ id: string }>('SELECT uuid_v7() AS id FROM generate_series(1, 5000)');
      for (const { id } of rows) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(5_000);
    });

    it('carries the database\'s time of its making, whatever this process thinks', async () => {
      const { rows } = await system.query<{ id: string; before: number; after: number }>(
        `SELECT uuid_v7() AS id, extract(epoch FROM statement_timestamp())::float * 1000 AS before, extract(epoch FROM clock_timestamp())::float * 1000 AS after`,
      );
      const { id, before, after } = rows[0]!;
      const milliseconds = Number.parseInt(hex(id).slice(0, 12), 16);
      expect(milliseconds).toBeGreaterThanOrEqual(Math.floor(before));
      expect(milliseconds).toBeLessThanOrEqual(Math.ceil(after));
    });

    it('holds the millisecond in 48 bits and the fraction of it in the 12 behind the version', async () => {
      await fc.assert(
        fc.asyncProperty(instants, async (at) => {
          const bits = hex(await value<string>(`uuid_v7(${asTime('$1')})`, [at]));
          expect(BigInt(`0x${bits.slice(0, 12)}`)).toBe(at / 1_000n);
          expect(BigInt(`0x${bits.slice(13, 16)}`)).toBe(((at % 1_000n) * 4_096n) / 1_000n);
        }),
        { numRuns: 100 },
      );
    });

    it('rises within a set in the order of arrival, also over the end of a millisecond', async () => {
      await fc.assert(
        fc.asyncProperty(instants, fc.integer({ min: 2, max: 5_000 }), async (at, rows) => {
          const ids = await value<string[]>(`(SELECT array_agg(uuid_v7(${asTime('$1')}, n) ORDER BY n) FROM generate_series(0, $2::int) AS n)`, [at, rows]);
          expect(rising(ids)).toBe(true);
        }),
        { numRuns: 25 },
      );
    });

    it('sorts by time across sets: what is a microsecond later is greater', async () => {
      await fc.assert(
        fc.asyncProperty(instants, fc.bigInt({ min: 1n, max: 10_000_000n }), async (at, later) => {
          expect(await value(`uuid_v7(${asTime('$1')}) < uuid_v7(${asTime('$2')})`, [at, at + later])).toBe(true);
        }),
        { numRuns: 200 },
      );
    });

    it('rises from statement to statement of one connection', async () => {
      const client = await system.connect();
      const ids: string[] = [];
      for (let count = 0; count < 200; count += 1) ids.push((await client.query<{ id: string }>('SELECT uuid_v7() AS id')).rows[0]!.id);
      client.release();
      expect(rising(ids)).toBe(true);
    });
  });

  describe('uuid_v7_floor and uuid_v7_time', () => {
    it('bound the ids of an instant from below, and of the millisecond before from above', async () => {
      await fc.assert(
        fc.asyncProperty(instants.map((at) => (at / 1_000n) * 1_000n), fc.bigInt({ min: 0n, max: 999n }), async (millisecond, fraction) => {
          const [floor, id, before] = await value<[string, string, string]>(
            `ARRAY[uuid_v7_floor(${asTime('$1')}), uuid_v7(${asTime('$2')}), uuid_v7(${asTime('$3')}, 3)]`,
            [millisecond, millisecond + fraction, millisecond - 1n],
          );
          expect([before < floor, floor <= id]).toEqual([true, true]);
        }),
        { numRuns: 100 },
      );
    });

    it('give the instant back, to the millisecond', async () => {
      await fc.assert(
        fc.asyncProperty(instants, async (at) => {
          const time = await value<Date>(`uuid_v7_time(uuid_v7(${asTime('$1')}))`, [at]);
          expect(BigInt(time.getTime())).toBe(at / 1_000n);
        }),
        { numRuns: 100 },
      );
    });
  });

  describe('partitions', () => {
    const PARENTS = ['message_events', 'events', 'webhook_events'];
    const dayName = (at: Date): string => at.toISOString().slice(0, 10).replaceAll('-', '');

    async function childrenOf(parent: string): Promise<string[]> {
      const { rows } = await system.query<{ name: string }>(
        'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1',
        [parent],
      );
      return rows.map(({ name }) => name);
    }

    it('are there for today and 14 days ahead, and one for what has none', async () => {
      const today = await value<Date>('now()');
      for (const parent of PARENTS) {
        const days = Array.from({ length: 15 }, (_, ahead) => `${parent}_${dayName(new Date(today.getTime() + ahead * DAY_MS))}`);
        expect(await childrenOf(parent)).toEqual(expect.arrayContaining([...days, `${parent}_default`]));
      }
    });

    it('take the rows of today, so that nothing falls into the default', async () => {
      const tenant = await makeTenant(system);
      const id = tenant.contact.id;
      const rows: [string, Record<string, unknown>][] = [
        ['message_events', { tenant_id: tenant.tenantId, message_id: id, type: 'accepted' }],
        ['events', { tenant_id: tenant.tenantId, type: 'x', resource_type: 'message', resource_id: id, data: '{}' }],
        ['webhook_events', { meta_app_id: '1', body: Buffer.from('{}') }],
      ];
      for (const [table, columns] of rows) {
        await insertRow(system, table, columns);
        const found = await system.query<{ place: string; day: string }>(
          `SELECT tableoid::regclass::text AS place, to_char(uuid_v7_time(id) AT TIME ZONE 'UTC', 'YYYYMMDD') AS day FROM ${table} ORDER BY id DESC LIMIT 1`,
        );
        expect(found.rows[0]!.place).toBe(`${table}_${found.rows[0]!.day}`);
      }
      expect(await new SendingSweep(new SystemDb(system)).hasStrays()).toBe(false);
    });

    it('split at midnight UTC to the millisecond', async () => {
      const midnight = `(date_trunc('day', now() AT TIME ZONE 'UTC') + interval '3 days') AT TIME ZONE 'UTC'`;
      const { rows } = await system.query<{ place: string; day: string }>(
        `INSERT INTO webhook_events (id, meta_app_id, body)
         SELECT uuid_v7(${midnight} + n * interval '1 millisecond'), '1', '' FROM generate_series(-1, 0) AS n
         RETURNING tableoid::regclass::text AS place, to_char(uuid_v7_time(id) AT TIME ZONE 'UTC', 'YYYYMMDD') AS day`,
      );
      expect(rows.map(({ place }) => place)).toEqual(rows.map(({ day }) => `webhook_events_${day}`));
      expect(new Set(rows.map(({ place }) => place)).size).toBe(2);
    });

    it('are made once, however often and by however many at once they are asked for', async () => {
      const sweep = new SendingSweep(new SystemDb(system));
      const before = (await Promise.all(PARENTS.map(childrenOf))).flat().length;
      expect(await sweep.ensurePartitions()).toBe(0);
      const made = await Promise.all(Array.from({ length: 6 }, () => value<number>('ensure_partitions(16)')));
      expect(made.sort()).toEqual([0, 0, 0, 0, 0, 6]);
      expect((await Promise.all(PARENTS.map(childrenOf))).flat().length).toBe(before + 6);
    });

    it('that are missing are told of: a row from before them falls into the default', async () => {
      const { rows } = await system.query<{ place: string }>(
        `INSERT INTO webhook_events (id, meta_app_id, body) VALUES (uuid_v7(now() - interval '9 days'), '1', '') RETURNING tableoid::regclass::text AS place`,
      );
      expect(rows[0]!.place).toBe('webhook_events_default');
      expect(await new SendingSweep(new SystemDb(system)).hasStrays()).toBe(true);
    });
  });
});
