import { pathToFileURL } from 'node:url';
import pg from 'pg';

/** What bootstrap reads: the owner's URL and those of the two runtime roles that it makes. */
export interface BootstrapEnv {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_APP_URL?: string | undefined;
  readonly DATABASE_SYSTEM_URL?: string | undefined;
}

/** The URLs of the three roles. */
export interface DatabaseUrls {
  readonly owner: string;
  readonly app: string;
  readonly system: string;
}

/** Timeouts of the runtime roles: an old snapshot or a forgotten transaction would slow every claim down. */
const ROLE_SETTINGS = { statement_timeout: '15s', idle_in_transaction_session_timeout: '10s' } as const;

/** Another bootstrap in the same cluster was faster: unique_violation, duplicate_object, "tuple concurrently updated". */
const RACE_CODES = new Set(['23505', '42710', 'XX000']);
const INSUFFICIENT_PRIVILEGE = '42501';
const WRONG_PASSWORD = new Set(['28P01', '28000']);
const MAX_RACES = 5;

/** Bootstrap cannot go on; the message says what to do, SQL included. */
export class BootstrapError extends Error {
  override readonly name = 'BootstrapError';
}

interface RuntimeRole {
  readonly name: string;
  readonly password: string;
  readonly url: string;
  readonly variable: string;
}

/**
 * Creates the runtime roles where they are missing and lets the owner hand SECURITY DEFINER functions to the system
 * role. Idempotent, and does nothing that needs a right when all is in place already. PostgreSQL 15 and newer.
 * @throws BootstrapError where a variable is missing, a role could bypass row level security, or a right is lacking
 */
export async function bootstrap(env: BootstrapEnv): Promise<DatabaseUrls> {
  const urls = {
    owner: urlOf(env, 'DATABASE_URL'),
    app: urlOf(env, 'DATABASE_APP_URL'),
    system: urlOf(env, 'DATABASE_SYSTEM_URL'),
  };
  const app = roleOf(urls.app, 'DATABASE_APP_URL');
  const system = roleOf(urls.system, 'DATABASE_SYSTEM_URL');
  const owner = roleOf(urls.owner, 'DATABASE_URL');
  if (new Set([app.name, system.name, owner.name]).size < 3) {
    throw new BootstrapError('DATABASE_URL, DATABASE_APP_URL and DATABASE_SYSTEM_URL must name three different roles.');
  }
  const client = new pg.Client({ connectionString: urls.owner });
  await client.connect();
  try {
    for (const role of [app, system]) {
      await ensureRole(client, role);
      await ensureSettings(client, role);
      await ensureConnect(client, role);
      await ensureLogin(role);
    }
    await ensureMembership(client, system);
  } finally {
    await client.end();
  }
  return urls;
}

function urlOf(env: BootstrapEnv, variable: keyof BootstrapEnv): string {
  const url = env[variable];
  if (!url)
    throw new BootstrapError(
      `${variable} is not set: give it a URL such as postgresql://role:password@host:5432/parley.`,
    );
  return url;
}

function roleOf(url: string, variable: string): RuntimeRole {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed?.username) throw new BootstrapError(`${variable} must be a postgresql:// URL with a user name.`);
  return { name: decodeURIComponent(parsed.username), password: decodeURIComponent(parsed.password), url, variable };
}

async function ensureRole(client: pg.Client, role: RuntimeRole): Promise<void> {
  const existing = await client.query<{ unsafe: boolean }>(
    'SELECT rolsuper OR rolbypassrls AS unsafe FROM pg_roles WHERE rolname = $1',
    [role.name],
  );
  if (existing.rows[0]?.unsafe) {
    throw new BootstrapError(
      `the role "${role.name}" of ${role.variable} could bypass row level security: name another one.`,
    );
  }
  if (existing.rows.length > 0) return;
  const statement = `CREATE ROLE ${quoted(role.name)} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`;
  await change(
    client,
    `${statement} PASSWORD ${pg.escapeLiteral(role.password)}`,
    `${statement} PASSWORD '<that of ${role.variable}>'`,
  );
}

async function ensureSettings(client: pg.Client, role: RuntimeRole): Promise<void> {
  const { rows } = await client.query<{ settings: string[] | null }>(
    'SELECT rolconfig AS settings FROM pg_roles WHERE rolname = $1',
    [role.name],
  );
  for (const [setting, value] of Object.entries(ROLE_SETTINGS)) {
    // A value that an operator has set is his.
    if (rows[0]?.settings?.some((entry) => entry.startsWith(`${setting}=`))) continue;
    await change(client, `ALTER ROLE ${quoted(role.name)} SET ${setting} = '${value}'`);
  }
}

async function ensureConnect(client: pg.Client, role: RuntimeRole): Promise<void> {
  const { rows } = await client.query<{ database: string; allowed: boolean }>(
    "SELECT current_database() AS database, has_database_privilege($1, current_database(), 'CONNECT') AS allowed",
    [role.name],
  );
  if (rows[0] && !rows[0].allowed)
    await change(client, `GRANT CONNECT ON DATABASE ${quoted(rows[0].database)} TO ${quoted(role.name)}`);
}

/** A password that exists is never changed here: other installations of the same cluster may rest on it. */
async function ensureLogin(role: RuntimeRole): Promise<void> {
  const client = new pg.Client({ connectionString: role.url });
  try {
    await client.connect();
  } catch (error) {
    if (!WRONG_PASSWORD.has(codeOf(error))) throw error;
    throw new BootstrapError(
      `the role "${role.name}" exists, but the password in ${role.variable} does not open it: correct the URL, or run as an ` +
        `administrator: ALTER ROLE ${quoted(role.name)} LOGIN PASSWORD '<that of ${role.variable}>';`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** ALTER FUNCTION ... OWNER TO asks that the owner can become the new owner; from PostgreSQL 16 on that is SET. */
async function ensureMembership(client: pg.Client, system: RuntimeRole): Promise<void> {
  const { rows } = await client.query<{ modern: boolean; owner: string; member: boolean }>(
    `SELECT current_setting('server_version_num')::int >= 160000 AS modern, current_user AS owner,
            pg_has_role(current_user, $1, CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) AS member`,
    [system.name],
  );
  if (!rows[0] || rows[0].member) return;
  const options = rows[0].modern ? ' WITH SET TRUE, INHERIT FALSE' : '';
  await change(client, `GRANT ${quoted(system.name)} TO ${quoted(rows[0].owner)}${options}`);
}

/** Runs a statement; repeats it when a bootstrap beside this one got in between; says what to run where a right is lacking. */
async function change(client: pg.Client, statement: string, shown = statement): Promise<void> {
  for (let races = 0; ; races += 1) {
    try {
      await client.query(statement);
      return;
    } catch (error) {
      const code = codeOf(error);
      if (code === '42710' || code === '23505') return; // the role is there now
      if (RACE_CODES.has(code) && races < MAX_RACES) continue;
      if (code !== INSUFFICIENT_PRIVILEGE) throw error;
      throw new BootstrapError(
        `the role of DATABASE_URL lacks a right; run this as an administrator and start again: ${shown};`,
      );
    }
  }
}

const quoted = (name: string): string => pg.escapeIdentifier(name);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await bootstrap(process.env);
    console.log('bootstrap: the runtime roles are in place');
  } catch (error) {
    console.error(error instanceof BootstrapError ? `bootstrap: ${error.message}` : error);
    process.exitCode = 1;
  }
}
