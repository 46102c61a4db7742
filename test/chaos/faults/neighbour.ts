import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault.js';

const BURST = 400;
const QUIET_EVERY_MS = 250;

/** One tenant asks for everything at once; another one sends now and then, and must not feel it. */
export const NOISY_NEIGHBOUR: Fault = {
  id: 'F23',
  title: 'one tenant asks for hundreds at once, another one sends now and then',
  async strike({ world, load, ms }) {
    const [noisy, quiet] = world.tenants;
    world.tell(`one tenant asks for ${BURST} messages at once`);
    load.burst(noisy!, BURST);
    for (const endsAt = performance.now() + ms; performance.now() < endsAt; await delay(QUIET_EVERY_MS)) load.one(quiet!);
  },
};
