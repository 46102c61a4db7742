/**
 * `bin/dev --check`: the main job once, through the public API, on free ports, with a database of its own. Each step is
 * one call or one wait, printed with its time; the first that fails ends the check.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO, describeDemo } from './demo.mjs';
import { request } from './http.mjs';
import { LOG_DIR } from './paths.mjs';
import { throwawaySecrets } from './secrets.mjs';
import { prepareDatabase, redisService, throwawayDatabase } from './services.mjs';
import { configureStack, startStack } from './stack.mjs';

const WAIT_MS = 15_000;
/** Everybody reads, and soon: the check shows that statuses arrive, not how long people take. */
const BRISK = { readShare: 1, statusDelaysMs: { sent: 100, delivered: 400, read: 800 } };
const ANSWER = 'Thank you, see you at eight!';

/** Asks until the answer fits. @template T @param {() => Promise<T>} ask @param {(answer: T) => unknown} fits */
async function until(ask, fits) {
  let last;
  for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline; await sleep(100)) {
    last = await ask();
    if (fits(last)) return last;
  }
  throw new Error(`nothing fitting within ${WAIT_MS / 1000} s; last seen: ${JSON.stringify(last)?.slice(0, 600)}`);
}

/** The main job, told in steps. `seen` carries what one step learns to the next. */
const STEPS = [
  [
    'the platform makes a tenant and its key',
    async (seen, { api, secrets }) => {
      const tenant = await api('POST', '/tenants', { key: secrets.platformAdminKey, body: { name: DEMO.tenantName } });
      seen.key = tenant.apiKey;
      return tenant.id;
    },
  ],
  [
    'connect the number',
    async (seen, { api }) => {
      const body = { phoneNumberId: DEMO.numberId, wabaId: DEMO.wabaId, accessToken: DEMO.accessToken };
      const number = await api('POST', '/numbers', { key: seen.key, body });
      seen.numberId = number.id;
      return number.id;
    },
  ],
  [
    'sync the templates',
    async (seen, { api }) => {
      const { synced } = await api('POST', `/numbers/${seen.numberId}/sync-templates`, { key: seen.key });
      return `${synced} templates`;
    },
  ],
  [
    'record the consent',
    (seen, { api }) =>
      api('POST', '/consents', {
        key: seen.key,
        body: { phone: DEMO.recipient, purpose: 'utility', status: 'GRANTED', source: 'form' },
      }),
  ],
  [
    'send a template message',
    async (seen, { api }) => {
      const message = await api('POST', '/messages', {
        key: seen.key,
        headers: { 'idempotency-key': randomUUID() },
        body: {
          numberId: seen.numberId,
          to: DEMO.recipient,
          template: { name: 'order_confirmation', language: 'en_US', parameters: { body: ['Ana', 'A-1042'] } },
        },
      });
      seen.messageId = message.id;
      return `${message.id} ${message.status}`;
    },
  ],
  [
    'it is DELIVERED',
    (seen, { api }) =>
      until(
        () => api('GET', `/messages/${seen.messageId}`, { key: seen.key }),
        ({ status }) => ['DELIVERED', 'READ'].includes(status),
      ),
  ],
  [
    'it is READ',
    (seen, { api }) =>
      until(
        () => api('GET', `/messages/${seen.messageId}`, { key: seen.key }),
        ({ status }) => status === 'READ',
      ),
  ],
  [
    'the customer answers',
    (_seen, { simulator }) =>
      simulator('POST', `/control/customers/${encodeURIComponent(DEMO.recipient)}/messages`, {
        body: { phoneNumberId: DEMO.numberId, type: 'text', text: ANSWER },
      }),
  ],
  [
    'the conversation is there, with the answer',
    async (seen, { api }) => {
      const { data } = await until(
        () => api('GET', '/conversations', { key: seen.key }),
        (page) => page.data.length === 1,
      );
      const messages = `/conversations/${data[0].id}/messages`;
      await until(
        () => api('GET', messages, { key: seen.key }),
        (page) => JSON.stringify(page.data).includes(ANSWER),
      );
      return data[0].id;
    },
  ],
  [
    'the echo reply went out',
    (_seen, { simulator }) =>
      until(
        () => simulator('GET', `/control/ledger?phoneNumberId=${DEMO.numberId}`),
        (page) => sentTexts(page).some((text) => text.includes(ANSWER)),
      ),
  ],
];

/** The texts that the simulator accepted. */
function sentTexts(page) {
  return page.entries.filter(({ type }) => type === 'text').map(({ body }) => body?.text?.body ?? '');
}

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
      await startStack(run, stack, logDir);
      await describeDemo(stack, { connected: false });
      await request('PUT', `${stack.simulatorUrl}/control/settings`, { body: BRISK });
      context.api = (method, path, options) => request(method, `${stack.apiUrl}/v1${path}`, options);
      context.simulator = (method, path, options) => request(method, `${stack.simulatorUrl}${path}`, options);
    });
    const seen = {};
    for (const [title, step] of STEPS) await timed(title, () => step(seen, context));
  } catch {
    console.log(`The main job FAILED after ${((performance.now() - started) / 1000).toFixed(1)} s. Logs: ${logDir}`);
    return 1;
  }
  run.temporary(logDir); // worth keeping after a failure only
  console.log(`The main job works: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return 0;
}
