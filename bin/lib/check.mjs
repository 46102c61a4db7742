/**
 * `bin/dev --check`: the main job and the ways around it once, through the public API, on free ports, with a database of
 * its own. Each step is one call or one wait, printed with its time; the first that fails ends the check.
 */
import { join } from 'node:path';
import { startAi } from './check-ai.mjs';
import { CheckClock } from './check-clock.mjs';
import { CONVERSATIONS } from './check-conversations.mjs';
import { GRAPH_API } from './check-graph-api.mjs';
import { MAIN_JOB } from './check-main-job.mjs';
import { describeDemo } from './demo.mjs';
import { download, request } from './http.mjs';
import { LOG_DIR } from './paths.mjs';
import { throwawaySecrets } from './secrets.mjs';
import { prepareDatabase, redisService, throwawayDatabase } from './services.mjs';
import { configureStack, startStack } from './stack.mjs';

/** Everybody reads, and soon; reviews take a moment: the check shows that things arrive, not how long people take. */
const BRISK = {
  readShare: 1,
  statusDelaysMs: { sent: 100, delivered: 400, read: 800 },
  templateReviewDelayMs: { min: 300, max: 600 },
  templateRejectShare: 0,
};

/** What people would wait for in minutes. */
const SOON = { SLA_MONITOR_INTERVAL_MS: '1000', STATS_INTERVAL_MS: '500' };

async function timed(title, work) {
  const started = performance.now();
  const took = () => `${((performance.now() - started) / 1000).toFixed(2).padStart(6)} s`;
  try {
    const detail = await work();
    console.log(`ok    ${took()}  ${title}${typeof detail === 'string' ? `: ${detail}` : ''}`);
  } catch (error) {
    console.log(`FAIL  ${took()}  ${title}: ${error.message}`);
    throw error;
  }
}

/** @param {import('./run.mjs').Run} run @returns {Promise<number>} exit code */
export async function check(run) {
  const secrets = throwawaySecrets();
  const context = { secrets };
  const logDir = join(LOG_DIR, run.name);
  const started = performance.now();
  try {
    await timed('start database, Redis, simulator, api and worker', async () => {
      const database = await throwawayDatabase(run, secrets, { durable: true });
      const redis = await redisService(run, secrets, { lasting: false });
      await prepareDatabase(database);
      const stack = await configureStack({ database, redis, secrets });
      const ai = await startAi(run);
      Object.assign(stack.env, { ...SOON, AI_URL: ai, TRANSCRIPTION_URL: ai });
      context.clock = new CheckClock(database.systemUrl);
      await startStack(run, stack, logDir);
      await describeDemo(stack, { connected: false });
      await request('PUT', `${stack.simulatorUrl}/control/settings`, { body: BRISK });
      context.api = (method, path, options) => request(method, `${stack.apiUrl}/v1${path}`, options);
      context.download = (path, { key }) => download(`${stack.apiUrl}/v1${path}`, { key });
      context.simulator = (method, path, options) => request(method, `${stack.simulatorUrl}${path}`, options);
    });
    const seen = {};
    for (const [title, step] of [...MAIN_JOB, ...GRAPH_API, ...CONVERSATIONS]) await timed(title, () => step(seen, context));
  } catch {
    console.log(`The main job FAILED after ${((performance.now() - started) / 1000).toFixed(1)} s. Logs: ${logDir}`);
    return 1;
  }
  run.temporary(logDir); // worth keeping after a failure only
  console.log(`The main job works: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return 0;
}
