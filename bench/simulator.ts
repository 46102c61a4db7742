/**
 * `bin/bench simulator`: sends over HTTP, until a receiver has the three statuses of each of them. There is nothing to
 * compare with: the simulator has to be fast enough never to be what the other benches measure.
 */
import { Child } from './lib/child.js';
import { runBench } from './lib/contest.js';
import { load } from './lib/http-contest.js';
import type { PreparedRequest, ReceiveReport } from './lib/orders.js';
import { guestPhone } from './world/restaurants.js';

const APP_ID = '1001';
const NUMBER_ID = '3001';
const TOKEN = 'EAA-bench';
const STATUSES = 3;
const ACCEPTED = 200;

const ACCOUNT = {
  wabaId: '2001',
  name: 'Trattoria',
  token: TOKEN,
  appId: APP_ID,
  subscribe: true,
  numbers: [{ id: NUMBER_ID, displayPhoneNumber: '+40 21 555 0100', verifiedName: 'Trattoria', throughputLevel: 'HIGH' }],
  templates: [
    {
      name: 'order_ready',
      language: 'en_US',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hello {{1}}, your order {{2}} is ready.' }],
    },
  ],
};

/** No limit binds, and statuses follow as fast as each other: what is measured is work, not waiting. */
const SETTINGS = {
  statusDelaysMs: { sent: 20, delivered: 20, read: 20 },
  readShare: 1,
  throughputLimit: false,
  pairLimit: false,
  magicRecipients: false,
};

function sendMessage(at: number): PreparedRequest {
  const parameters = ['Ana', `A-${at}`].map((text) => ({ type: 'text', text }));
  const body = {
    messaging_product: 'whatsapp',
    to: guestPhone(at),
    type: 'template',
    template: { name: 'order_ready', language: { code: 'en_US' }, components: [{ type: 'body', parameters }] },
    biz_opaque_callback_data: `attempt-${at}`,
  };
  const headers = ['content-type', 'application/json', 'authorization', `Bearer ${TOKEN}`];
  return { headers, body: Buffer.from(JSON.stringify(body)) };
}

await runBench({
  name: 'simulator',
  bar: 3_000,
  items: 12_000,
  warmUpRounds: 2,
  rounds: 5,
  async setUp({ profileDir }) {
    const { child: generator } = await Child.fork('load', 'peers/load');
    const receiver = await Child.fork<{ port: number }>('receiver', 'peers/receiver');
    const simulator = await Child.fork<{ url: string }>('simulator', 'peers/simulator', { profileDir });
    const { url } = simulator.hello;
    const control = async (method: string, path: string, body: object): Promise<void> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/control/${path}`, { method, headers, body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    };
    const callbackUrl = `http://127.0.0.1:${receiver.hello.port}/webhooks`;
    await control('POST', 'apps', { appId: APP_ID, appSecret: 'shh', verifyToken: 'prove', callbackUrl, skipHandshake: true });
    await control('POST', 'accounts', ACCOUNT);
    return {
      measured: simulator.child,
      async ours(items) {
        await control('POST', 'reset', { keepAccounts: true });
        await control('PUT', 'settings', SETTINGS);
        const requests = Array.from({ length: items }, (_, at) => sendMessage(at));
        const received = receiver.child.ask<ReceiveReport>({ statuses: items * STATUSES });
        const startedAt = performance.now();
        const order = { origin: url, path: `/v25.0/${NUMBER_ID}/messages`, requests };
        const [round] = await Promise.all([load(generator, order, ACCEPTED), received]);
        return { ...round, elapsedMs: performance.now() - startedAt };
      },
    };
  },
});
