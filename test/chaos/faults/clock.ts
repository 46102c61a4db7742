import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { Berth } from '../fleet.js';
import type { Fault } from './fault.js';

const SKEW_MS = 600_000;
const SHIM = pathToFileURL(join(import.meta.dirname, '..', 'skewed-clock.mjs')).href;
/** Messages that are to leave while clocks are wrong, and how long before that they are asked for. */
const LATER_EVERY_MS = 500;

/** One api and one worker go ten minutes fast or slow; the others and the servers keep the time. */
export const SKEWED_CLOCKS: Fault = {
  id: 'F17',
  title: 'the clocks of an api and a worker are ten minutes wrong',
  async strike({ world, chance, load, ms }) {
    const victims = [chance.pick(world.fleet.apis), chance.pick(world.fleet.workers)];
    for (const victim of victims) await skew(victim, chance.pick([SKEW_MS, -SKEW_MS]), world.tell.bind(world));
    for (const endsAt = performance.now() + ms; performance.now() < endsAt; await delay(LATER_EVERY_MS)) {
      load.later(chance.pick(world.tenants), chance.int(500, 3_000));
    }
    for (const victim of victims) await again(victim, {});
    world.tell('all clocks are right again');
  },
};

async function skew(victim: Berth, skewMs: number, tell: (text: string) => void): Promise<void> {
  const options = [victim.ports['NODE_OPTIONS'] ?? '', `--import=${SHIM}`].join(' ').trim();
  await again(victim, { NODE_OPTIONS: options, CHAOS_CLOCK_SKEW_MS: String(skewMs) });
  tell(`${victim.name} is ${Math.abs(skewMs) / 60_000} minutes ${skewMs > 0 ? 'fast' : 'slow'}`);
}

async function again(victim: Berth, env: Readonly<Record<string, string>>): Promise<void> {
  await victim.process.kill();
  await victim.start(env);
}
