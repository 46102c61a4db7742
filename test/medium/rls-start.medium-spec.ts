import type pg from 'pg';
import { assertSafeRole, UnsafeDatabase } from '@parley/data';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { openPool, uniqueDigits } from '../support/fixtures.js';

describe('a process that starts', () => {
  let database: TestDatabase & { drop(): Promise<void> };
  let owner: pg.Pool;

  beforeAll(async () => {
    database = await freshDatabase();
    owner = openPool(database.owner, 2);
  });
  afterAll(async () => {
    await owner.end();
    await database.drop();
  });

  const userOf = (url: string): string => decodeURIComponent(new URL(url).username);

  /** What the check says to this URL; nothing when it is content. */
  async function problemsOf(url: string): Promise<readonly string[]> {
    const pool = openPool(url, 1);
    try {
      await assertSafeRole(pool);
      return [];
    } catch (error) {
      if (error instanceof UnsafeDatabase) return error.problems;
      throw error;
    } finally {
      await pool.end();
    }
  }

  /** A role of this spec alone, which may log in. */
  async function withRole<T>(work: (role: string, url: string) => Promise<T>): Promise<T> {
    const role = `spec_${uniqueDigits(10)}`;
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'spec' NOSUPERUSER`);
    await owner.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
    try {
      return await work(role, Object.assign(new URL(database.owner), { username: role, password: 'spec' }).href);
    } finally {
      await owner.query(`GRANT ${role} TO ${userOf(database.owner)}`);
      await owner.query(`DROP OWNED BY ${role}`);
      await owner.query(`DROP ROLE ${role}`);
    }
  }

  it('goes on with the two runtime roles', async () => {
    expect(await problemsOf(database.app)).toEqual([]);
    expect(await problemsOf(database.system)).toEqual([]);
  });

  it('refuses the owner of the tables', async () => {
    const role = userOf(database.owner);
    expect(await problemsOf(database.owner)).toEqual(
      expect.arrayContaining([expect.stringMatching(new RegExp(`^role ${role} owns .*messages`)), expect.stringContaining('partition')]),
    );
  });

  it('refuses a member of a role that owns a table', async () => {
    await withRole(async (table) => {
      await owner.query(`GRANT ${table} TO ${userOf(database.owner)}`);
      await owner.query(`GRANT CREATE ON SCHEMA public TO ${table}`);
      await owner.query(`CREATE TABLE spec_things (); ALTER TABLE spec_things OWNER TO ${table}`);
      await withRole(async (member, url) => {
        expect(await problemsOf(url)).toEqual([]);
        await owner.query(`GRANT ${table} TO ${member}`);
        expect(await problemsOf(url)).toEqual([`role ${member} is a member of the role that owns the tables`]);
      });
    });
  });

  // Only a superuser can make such roles, and there is none here: the catalogue says of the role what it would say then.
  it.each([
    ['rolsuper', 'is a superuser'],
    ['rolbypassrls', 'has BYPASSRLS'],
  ])('refuses a role with %s', async (attribute, text) => {
    const columns = ['rolsuper', 'rolbypassrls'].map((name) => (name === attribute ? `true AS ${name}` : name));
    await owner.query('CREATE SCHEMA shadow');
    await owner.query(`CREATE VIEW shadow.pg_roles AS SELECT oid, rolname, ${columns.join(', ')} FROM pg_catalog.pg_roles`);
    await owner.query('GRANT USAGE ON SCHEMA shadow TO PUBLIC');
    await owner.query('GRANT SELECT ON shadow.pg_roles TO PUBLIC');
    const url = new URL(database.app);
    url.searchParams.set('options', '-c search_path=shadow,pg_catalog,public');
    expect(await problemsOf(url.href)).toEqual([`role ${userOf(database.app)} ${text}`]);
    await owner.query('DROP SCHEMA shadow CASCADE');
  });

  it.each([
    ['a table without row level security', 'ALTER TABLE messages DISABLE ROW LEVEL SECURITY', 'table messages has no row level security', 'ALTER TABLE messages ENABLE ROW LEVEL SECURITY'],
    ['a table that does not force it', 'ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY', 'table contacts does not force row level security', 'ALTER TABLE contacts FORCE ROW LEVEL SECURITY'],
    ['a new table that nobody protected', 'CREATE TABLE notes (tenant_id uuid)', 'table notes has no row level security', 'DROP TABLE notes'],
    ['a partition with a grant', 'GRANT SELECT ON events_default TO PUBLIC', 'partition events_default can be reached past its parent', 'REVOKE SELECT ON events_default FROM PUBLIC'],
    ['the table of tenants without its policy', 'ALTER POLICY tenants_of_tenant ON tenants USING (true)', 'table tenants has no policy by app.tenant_id', null],
    ['a policy that does not read an empty tenant as none', `ALTER POLICY users_of_tenant ON users USING (tenant_id::text = current_setting('app.tenant_id', true))`, 'table users has no policy by app.tenant_id', null],
  ])('refuses %s', async (_, sql, problem, undo) => {
    await owner.query(sql);
    expect(await problemsOf(database.app)).toContain(problem);
    expect(await problemsOf(database.system)).toContain(problem);
    if (undo === null) return;
    await owner.query(undo);
    expect(await problemsOf(database.app)).toEqual([]);
  });

  it('names every problem in one go', async () => {
    const pool = openPool(database.app, 1);
    const error = await assertSafeRole(pool).catch((thrown: unknown) => thrown as Error);
    await pool.end();
    expect((error as Error).message).toMatch(/tenants[\s\S]*users|users[\s\S]*tenants/);
  });

  it('refuses a database without a schema, and says what to do', async () => {
    await owner.query('DROP TABLE messages CASCADE');
    expect(await problemsOf(database.app)).toEqual(['the schema is missing: run the migrations first']);
  });
});
