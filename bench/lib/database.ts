import pg from 'pg';

/** Settings without which a COMMIT is no promise. */
const DURABILITY = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

export type Durability = Readonly<Record<(typeof DURABILITY)[number], string>>;

/** What a round writes. Kept are tenants, numbers, templates, contacts and consents. */
const WRITTEN_BY_A_ROUND =
  'messages, message_attempts, message_events, events, idempotency_keys, conversations, webhook_events, webhook_items, ' +
  'message_texts, message_text_slices';

/** The bench's own connections: the owner empties tables, parley_system writes and reads rows. */
export class BenchDatabase {
  private readonly owner: pg.Pool;
  private readonly system: pg.Pool;

  constructor(ownerUrl: string, systemUrl: string) {
    this.owner = new pg.Pool({ connectionString: ownerUrl, max: 1 });
    this.system = new pg.Pool({ connectionString: systemUrl, max: 2 });
    for (const pool of [this.owner, this.system]) pool.on('error', () => {}); // the statement that meets it fails with it
  }

  /** The settings as the processes that are measured get them. @throws Error where one of them is not `on`. */
  async assertDurable(): Promise<Durability> {
    const settings: Record<string, string> = {};
    for (const name of DURABILITY) {
      const [forSystem, forOwner] = await Promise.all(
        [this.system, this.owner].map(async (pool) =>
          String(Object.values((await pool.query<object>(`SHOW ${name}`)).rows[0]!)[0]),
        ),
      );
      if (forSystem !== 'on' || forOwner !== 'on')
        throw new Error(`${name} is ${forSystem}: such a figure would mean nothing`);
      settings[name] = forSystem;
    }
    return settings as Durability;
  }

  async version(): Promise<string> {
    return String((await this.one<{ server_version: string }>('SHOW server_version')).server_version);
  }

  /** Statements as the owner. */
  async define(sql: string): Promise<void> {
    await this.owner.query(sql);
  }

  /** A statement as parley_system. */
  async run<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.system.query<Row>(sql, [...values])).rows;
  }

  async one<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row> {
    const [row] = await this.run<Row>(sql, values);
    if (!row) throw new Error('The statement answered nothing');
    return row;
  }

  async count(sql: string): Promise<number> {
    return (await this.one<{ count: number }>(`SELECT count(*)::int AS count FROM ${sql}`)).count;
  }

  /** Counts what belongs to the bench itself. */
  async ownCount(table: string): Promise<number> {
    return (await this.owner.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]!.count;
  }

  /** Every round starts with the same tables. */
  async empty(...more: string[]): Promise<void> {
    await this.define(`TRUNCATE ${[WRITTEN_BY_A_ROUND, ...more].join(', ')} CASCADE`);
  }

  /** What autovacuum would have done by itself in a quieter hour. */
  async tidy(...tables: string[]): Promise<void> {
    await this.define(`VACUUM (ANALYZE) ${tables.join(', ')}`);
  }

  /** A transaction that sees the tables as they are now, so that no row that dies after this can be cleared away. */
  async oldSnapshot(): Promise<{ end(): Promise<void> }> {
    const client = await this.owner.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await client.query('SELECT pg_current_snapshot()');
    return {
      async end() {
        await client.query('ROLLBACK');
        client.release();
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.owner.end(), this.system.end()]);
  }
}
