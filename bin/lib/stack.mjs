/** The processes of Parley: simulator, api and worker, from the build in dist. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './paths.mjs';
import { freePort } from './ports.mjs';
import { PlainError } from './run.mjs';

const READY_TIMEOUT_MS = 45_000;
const PREFERRED = { api: 3000, apiMetrics: 3001, worker: 3002, simulator: 4000 };
/** What a process needs of this machine; nothing else of the caller's environment changes what a check or a test does. */
const MACHINE = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG'];

/**
 * @typedef {object} Stack
 * @property {string} apiUrl
 * @property {string} workerUrl
 * @property {string} simulatorUrl
 * @property {{appId: string, appSecret: string, verifyToken: string}} metaApp
 * @property {NodeJS.ProcessEnv} env the configuration of api and worker
 */

/**
 * Free ports and the whole configuration, without starting anything: the seed needs it too.
 * @param {{database: import('./services.mjs').Database, redis: import('./services.mjs').RedisService,
 *   secrets: Record<string, string>, preferUsualPorts?: boolean, inherit?: boolean}} options
 *   inherit: the caller's environment may set whatever is not set here
 * @returns {Promise<Stack & {ports: Record<keyof typeof PREFERRED, number>}>}
 */
export async function configureStack({ database, redis, secrets, preferUsualPorts = false, inherit = false }) {
  const ports = {};
  for (const [name, preferred] of Object.entries(PREFERRED))
    ports[name] = await freePort(preferUsualPorts ? preferred : undefined);
  const local = (port) => `http://127.0.0.1:${port}`;
  const metaApp = { appId: '1000000000000001', appSecret: secrets.metaAppSecret, verifyToken: secrets.metaVerifyToken };
  const caller = inherit ? process.env : Object.fromEntries(MACHINE.map((name) => [name, process.env[name]]));
  const env = {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    ...caller,
    HOST: '127.0.0.1',
    API_PORT: String(ports.api),
    API_METRICS_PORT: String(ports.apiMetrics),
    WORKER_PORT: String(ports.worker),
    API_PREFIX: 'v1',
    PUBLIC_URL: local(ports.api),
    DATABASE_APP_URL: database.appUrl,
    DATABASE_SYSTEM_URL: database.systemUrl,
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    SEALING_KEYS: `local:${secrets.sealingKey}`,
    PLATFORM_ADMIN_KEY: secrets.platformAdminKey,
    JWT_SECRET: secrets.jwtSecret,
    JWT_JWKS_URL: '',
    JWT_ISSUER: 'parley-local',
    JWT_AUDIENCE: 'parley',
    GRAPH_URL: local(ports.simulator),
    META_APP_ID: metaApp.appId,
    META_APP_SECRETS: metaApp.appSecret,
    META_VERIFY_TOKEN: metaApp.verifyToken,
  };
  delete env.DATABASE_URL; // the owner's: for prisma/* only
  return {
    ports,
    env,
    metaApp,
    apiUrl: local(ports.api),
    workerUrl: local(ports.worker),
    simulatorUrl: local(ports.simulator),
  };
}

/**
 * Starts simulator, api and worker and waits until all are ready.
 * @param {import('./run.mjs').Run} run
 * @param {Awaited<ReturnType<typeof configureStack>>} stack
 * @param {string} logDir
 */
export async function startStack(run, stack, logDir) {
  const processes = [
    {
      name: 'simulator',
      url: `${stack.simulatorUrl}/control/health`,
      env: { ...stack.env, SIMULATOR_PORT: String(stack.ports.simulator) },
    },
    { name: 'api', url: `${stack.apiUrl}/health/ready`, env: stack.env },
    { name: 'worker', url: `${stack.workerUrl}/health/ready`, env: stack.env },
  ];
  const started = [];
  for (const { name, url, env } of processes) {
    const main = join(ROOT, 'dist', 'apps', name, 'src', 'main.js');
    if (!existsSync(main)) throw new PlainError(`${main} is missing: remove dist and start again.`);
    const logFile = join(logDir, `${name}.log`);
    const child = await run.spawn(name, process.execPath, ['--enable-source-maps', main], { cwd: ROOT, env, logFile });
    started.push({ name, child, url, logFile });
  }
  await Promise.all(started.map(waitUntilReady));
}

async function isReady(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // not listening yet
  }
}

async function waitUntilReady({ name, child, url, logFile }) {
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline; await sleep(100)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await isReady(url)) return;
  }
  const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  throw new PlainError(`${name} did not become ready; the end of ${logFile}:\n${tail}`);
}
