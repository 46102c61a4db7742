import { setTimeout as delay } from 'node:timers/promises';
import type { Berth } from '../fleet.js';
import type { Fault, Strike } from './fault.js';

const FAILPOINTS = ['before-mark', 'after-mark', 'after-post', 'after-record'] as const;
/** Longer than a worker keeps a number without renewing: its rows and its number go to others. */
const OUTLASTS_LEASE_MS = 7_000;
/** How long a worker that is to die at a place is waited for. */
const ARMED_MS = 3_000;

/** So many messages are there whenever a worker dies, that some of them are in its hands. */
const IN_HAND = 25;

/** Workers die at named places and at any: what one leaves behind, another carries on. */
export const KILL_WORKERS: Fault = {
  id: 'F1',
  title: 'kill -9 of workers, at named places and anywhere',
  async strike({ world, chance, load, ms }) {
    for (const endsAt = performance.now() + ms; performance.now() < endsAt; ) {
      const victim = chance.pick(world.fleet.workers);
      load.burst(chance.pick(world.tenants), IN_HAND);
      await delay(chance.int(300, 900));
      await victim.process.kill();
      world.tell(`kill -9 ${victim.name}`);
      const [place, passes] = [chance.pick(FAILPOINTS), chance.int(1, 8)];
      const armed = await victim.start({ FAILPOINT: `${place}:${passes}` }).catch(() => null); // a server may be away as well
      load.burst(chance.pick(world.tenants), IN_HAND);
      const isDead = await Promise.race([armed?.ended.then(() => true), delay(ARMED_MS, false, { ref: false })]);
      world.tell(isDead ? `${victim.name} died ${place}, the time number ${passes}` : `${victim.name} did not come to ${place}, and is killed`);
      await victim.process.kill();
      await victim.start().catch(() => undefined);
    }
  },
};

/** An api dies with requests in hand; clients repeat them under the same keys. */
export const KILL_APIS: Fault = {
  id: 'F2',
  title: 'kill -9 of apis; clients repeat what got no answer',
  async strike({ world, chance, ms }) {
    for (const endsAt = performance.now() + ms; performance.now() < endsAt; ) {
      const victim = chance.pick(world.fleet.apis);
      world.tell(`kill -9 ${victim.name}`);
      await victim.process.kill();
      await victim.start().catch(() => undefined);
      await delay(chance.int(300, 1_500));
    }
  },
};

/** The event loop stands still for longer than the leases last: sockets stay open, timers come late, then all of it goes on. */
export const BLOCK_EVENT_LOOP: Fault = {
  id: 'F18',
  title: 'the event loop of a worker stands still for longer than its leases',
  async strike(strike) {
    await outlive(strike, async (victim, ms) => {
      strike.world.tell(`${victim.name}: event loop blocked for ${ms} ms`);
      await evaluate(victim, `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms})`);
    });
  },
};

/** A worker is frozen, loses its leases, and wakes up with what it had in hand. */
export const FREEZE_WORKER: Fault = {
  id: 'F19',
  title: 'a worker is frozen for longer than its leases, and thawed',
  async strike(strike) {
    await outlive(strike, async (victim, ms) => {
      strike.world.tell(`${victim.name}: SIGSTOP for ${ms} ms`);
      victim.process.signal('SIGSTOP');
      await delay(ms);
      victim.process.signal('SIGCONT');
    });
  },
};

/** Stops a worker while it has rows in hand that it has not POSTed yet: those are what it must not send when it wakes up. */
async function outlive({ world, chance, load, ms }: Strike, stop: (victim: Berth, ms: number) => Promise<void>): Promise<void> {
  for (const tenant of world.tenants) load.burst(tenant, 60);
  const victim = chance.pick(world.fleet.workers);
  await delay(chance.int(700, 1_500));
  if (!victim.process.hasEnded) await stop(victim, Math.max(OUTLASTS_LEASE_MS, ms - 2_000));
}

/** Runs a script in a process through its inspector. Returns when it is over. */
async function evaluate({ process, ports }: Berth, expression: string): Promise<void> {
  const host = ports['NODE_OPTIONS']!.split('=')[1]!;
  process.signal('SIGUSR1');
  let url = '';
  for (let tries = 0; url === '' && tries < 50; tries += 1) {
    await delay(50);
    const targets = await fetch(`http://${host}/json/list`).then((answer) => answer.json() as Promise<{ webSocketDebuggerUrl: string }[]>, () => []);
    url = targets[0]?.webSocketDebuggerUrl ?? '';
  }
  if (url === '') throw new Error('The inspector of the worker did not open');
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const answered = new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  await answered;
  socket.close();
}
