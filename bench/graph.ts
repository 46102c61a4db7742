/**
 * `bin/bench graph`: what the Graph client costs over a bare undici loop, at 50 connections to the same sink. Both make
 * the same POSTs and read the same answers; ours keeps its limits, tells how each ended, and measures it as well.
 */
import type { SendBody } from '@parley/graph';
import { Child } from './lib/child.js';
import { runBench } from './lib/contest.js';
import { assertStored } from './lib/http-contest.js';
import type { DrainOrder, DrainReport, SendOrder, SendReport } from './lib/orders.js';
import { sendBody } from './world/backlog.js';

const CONNECTIONS = 50;
const NUMBER = '300000000000001';

await runBench({
  name: 'graph',
  // At most 25 % more time for each message.
  bar: 0.8,
  items: 10_000,
  warmUpRounds: 3,
  rounds: 9,
  async setUp({ config, profileDir }) {
    const sink = await Child.fork<{ port: number }>('sink', 'peers/sink');
    const floor = await Child.fork('floor', 'floors/drain.floor');
    const ours = await Child.fork('graph-client', 'peers/graph-client', { profileDir });
    const target = { origin: `http://127.0.0.1:${sink.hello.port}`, connections: CONNECTIONS };
    const bodies = (items: number): SendBody[] => Array.from({ length: items }, (_, at) => sendBody(at));
    const assertSent = async (items: number): Promise<void> =>
      assertStored('sends', (await sink.child.ask<{ sends: number }>({})).sends, items);
    return {
      measured: ours.child,
      async floor(items) {
        const path = `/${config.GRAPH_VERSION}/${NUMBER}/messages`;
        const order: DrainOrder = { ...target, path, bodies: bodies(items) };
        const { elapsedMs } = await floor.child.ask<DrainReport>(order);
        await assertSent(items);
        return { items, elapsedMs };
      },
      async ours(items) {
        const from = { version: config.GRAPH_VERSION, phoneNumberId: NUMBER };
        const order: SendOrder = { ...target, ...from, bodies: bodies(items) };
        const report = await ours.child.ask<SendReport>(order);
        await assertSent(items);
        return { items, ...report };
      },
    };
  },
});
