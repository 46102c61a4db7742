/** Databases of one run on the server that DATABASE_URL names: made under names of their own, dropped at the end. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** @typedef {{database: string, roles: string[]}} GivenDatabase */

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Names for a run's database and runtime roles; role names span a cluster, so that they are the run's own as well. */
export function namesFor(runName) {
  const suffix = `${runName.replaceAll(/[^a-z0-9]/g, '_')}_${randomBytes(3).toString('hex')}`;
  return { database: `parley_${suffix}`, app: `parley_app_${suffix}`, system: `parley_system_${suffix}` };
}

/** @param {string} serverUrl @param {string} database */
export const createDatabase = (serverUrl, database) =>
  withClient(serverUrl, (client) => client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`));

/** A copy of a database beside it, in which nobody may be. @returns {Promise<string>} its name */
export async function cloneDatabase(url, suffix) {
  const template = new URL(url).pathname.slice(1);
  const database = `${template}_${suffix}`;
  const maintenance = Object.assign(new URL(url), { pathname: '/postgres' }).href;
  await withClient(maintenance, (client) =>
    client.query(`CREATE DATABASE ${client.escapeIdentifier(database)} TEMPLATE ${client.escapeIdentifier(template)}`),
  );
  return database;
}

/** Drops a database that nobody needs any more, whoever is in it. */
export const dropDatabase = (url, database) =>
  withClient(Object.assign(new URL(url), { pathname: '/postgres' }).href, (client) => drop(client, database));

const INSUFFICIENT_PRIVILEGE = '42501';
const LEAVE_MS = 10_000;

/** The last sessions of a killed process end a moment after it, and an owner may not cut those of another role. */
async function drop(client, database) {
  for (const deadline = Date.now() + LEAVE_MS; ; await sleep(100)) {
    try {
      return await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(database)} WITH (FORCE)`);
    } catch (error) {
      if (error.code !== INSUFFICIENT_PRIVILEGE || Date.now() > deadline) throw error;
    }
  }
}

/** Drops a run's database, the clones that tests made of it, and its roles. @param {string} serverUrl @param {GivenDatabase} given */
export async function dropGiven(serverUrl, { database, roles }) {
  await withClient(serverUrl, async (client) => {
    const { rows } = await client.query(
      'SELECT datname FROM pg_database WHERE datname = $1 OR starts_with(datname, $1 || $2)',
      [database, '_'],
    );
    for (const { datname } of rows) await drop(client, datname);
    for (const role of roles) await client.query(`DROP ROLE IF EXISTS ${client.escapeIdentifier(role)}`);
  });
}
