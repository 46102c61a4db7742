import type pg from 'pg';

/** The process runs with a role or a schema that would not isolate tenants; it must not start. */
export class UnsafeDatabase extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The database does not isolate tenants:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

interface RoleRow {
  role: string;
  superuser: boolean;
  bypasses: boolean;
  owns: string[];
  memberOfOwner: boolean;
}

const ROLE = `
  SELECT r.rolname AS role, r.rolsuper AS superuser, r.rolbypassrls AS bypasses,
         coalesce((SELECT array_agg(c.relname::text) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relowner = r.oid), '{}') AS owns,
         EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relowner <> r.oid AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS "memberOfOwner"
    FROM pg_roles r WHERE r.rolname = current_user`;

// Every table of ours with a tenant, and what protects it. Partitions are reached through their parent only.
const TABLES = `
  SELECT c.relname::text AS table, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
         EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid
                  AND pg_get_expr(p.polqual, p.polrelid) ILIKE '%nullif(current_setting(''app.tenant_id''%'
                  AND pg_get_expr(p.polwithcheck, p.polrelid) ILIKE '%nullif(current_setting(''app.tenant_id''%') AS guarded
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     AND (c.relname = 'tenants'
          OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))`;

const CHILD_GRANTS = `
  SELECT c.relname::text AS table FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relispartition AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')`;

const SCHEMA = `SELECT to_regclass('public.messages') IS NOT NULL AS migrated`;

/**
 * Refuses a role that could see past row level security (superuser, BYPASSRLS, owner of a table or member of the owner)
 * and a schema with a table that lacks its protection. Throws UnsafeDatabase with every problem found.
 */
export async function assertSafeRole(pool: pg.Pool): Promise<void> {
  const schema = await pool.query<{ migrated: boolean }>(SCHEMA);
  if (!schema.rows[0]?.migrated) throw new UnsafeDatabase(['the schema is missing: run the migrations first']);
  const problems = [...(await roleProblems(pool)), ...(await tableProblems(pool))];
  if (problems.length > 0) throw new UnsafeDatabase(problems);
}

async function roleProblems(pool: pg.Pool): Promise<string[]> {
  const role = (await pool.query<RoleRow>(ROLE)).rows[0];
  if (!role) return ['the role of the connection is not in pg_roles'];
  const problems: string[] = [];
  if (role.superuser) problems.push(`role ${role.role} is a superuser`);
  if (role.bypasses) problems.push(`role ${role.role} has BYPASSRLS`);
  if (role.owns.length > 0) problems.push(`role ${role.role} owns ${role.owns.join(', ')}`);
  if (role.memberOfOwner) problems.push(`role ${role.role} is a member of the role that owns the tables`);
  return problems;
}

async function tableProblems(pool: pg.Pool): Promise<string[]> {
  const tables = await pool.query<{ table: string; enabled: boolean; forced: boolean; guarded: boolean }>(TABLES);
  const children = await pool.query<{ table: string }>(CHILD_GRANTS);
  return [
    ...tables.rows.filter((t) => !t.enabled).map((t) => `table ${t.table} has no row level security`),
    ...tables.rows.filter((t) => !t.forced).map((t) => `table ${t.table} does not force row level security`),
    // The ledger belongs to the platform: tenants have no policy there, and no grant.
    ...tables.rows.filter((t) => !t.guarded).map((t) => `table ${t.table} has no policy by app.tenant_id`),
    ...children.rows.map((t) => `partition ${t.table} can be reached past its parent`),
  ];
}
