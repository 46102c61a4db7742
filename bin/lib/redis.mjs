/** Redis: the one that REDIS_URL names, else a `redis-server` or `valkey-server` of this machine, installed where needed. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './ports.mjs';
import { PlainError } from './run.mjs';

const BINARIES = ['redis-server', 'valkey-server'];
const START_TIMEOUT_MS = 10_000;
const HOW_TO_GET_IT =
  'Redis is missing: install redis-server or valkey-server (Debian: apt-get install redis-server; macOS: brew install redis), ' +
  'or run "docker compose up redis" and set REDIS_URL=redis://127.0.0.1:6379.';

const succeeds = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const findBinary = () => BINARIES.find((name) => succeeds(name, ['--version']));

function installFromApt() {
  if (!succeeds('apt-get', ['--version'])) return;
  const prefix = process.getuid() === 0 ? [] : ['sudo', '-n'];
  if (prefix.length > 0 && !succeeds('sudo', ['-n', 'true'])) return;
  console.error('Redis: installing the package redis-server');
  const apt = (...args) => {
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y', ...args];
    return succeeds(command, rest);
  };
  if (!apt('install', '--no-install-recommends', 'redis-server')) {
    apt('update');
    apt('install', '--no-install-recommends', 'redis-server');
  }
}

/**
 * Starts a Redis on a free port of 127.0.0.1, behind a password, without persistence: it may be wiped at any time.
 * @param {import('./run.mjs').Run} run
 * @param {{dir: string, logFile: string, password: string}} options dir: an existing folder for what Redis may write
 * @returns {Promise<{url: string}>}
 */
export async function startRedis(run, { dir, logFile, password }) {
  if (!findBinary()) installFromApt();
  const binary = findBinary();
  if (!binary) throw new PlainError(HOW_TO_GET_IT);
  const port = await freePort();
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${dir}"`,
    'save ""',
    'appendonly no',
    'maxmemory-policy noeviction', // BullMQ's keys must never be evicted
    'daemonize no',
  ];
  // The settings go in through stdin: a password on the command line could be read by every user.
  const child = await run.spawn('redis', binary, ['-'], { logFile, input: `${settings.join('\n')}\n`, graceMs: 5_000 });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  await waitUntilReady(child, url, logFile);
  return { url };
}

async function waitUntilReady(child, url, logFile) {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(30)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const client = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
    client.on('error', () => {}); // refused while the server starts: tried again
    try {
      await client.connect();
      await client.ping();
      return;
    } catch {
      // not ready yet
    } finally {
      client.disconnect();
    }
  }
  throw new PlainError(`Redis did not start: ${readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n')}`);
}
