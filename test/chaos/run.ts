import { setTimeout as delay } from 'node:timers/promises';
import { Chance } from './chance.js';
import { CHECKS } from './checks/checks.js';
import { NEIGHBOUR } from './checks/neighbour.js';
import type { Verdict } from './checks/verdict.js';
import { gather, redisText } from './evidence.js';
import { FAULTS } from './faults/catalogue.js';
import { USUAL_WEBHOOKS } from './faults/webhooks.js';
import { Load } from './load.js';
import { inTurn, random, type Step } from './schedule.js';
import { settle } from './settle.js';
import { SmallDisk } from './small-disk.js';
import type { Sabotage } from './sabotage.js';
import { World } from './world.js';

const TENANTS = 3;
const PER_SECOND = 12;

export interface RunOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Ids of the matrix, struck one after another; none: a random schedule of all that this machine lets us do, F27. */
  readonly faults: readonly string[];
  readonly sabotage?: { readonly guard: Sabotage; readonly build: string };
  readonly say: (line: string) => void;
}

export interface Finding extends Verdict {
  readonly id: string;
  readonly title: string;
}

/** One seed from beginning to end: world, load, faults, healing, quiet, checks. */
export async function runSeed(options: RunOptions): Promise<Finding[]> {
  const { seed, seconds, say, sabotage } = options;
  const chance = new Chance(seed);
  const steps = stepsOf(options, chance.fork(1));
  const startedAt = performance.now();
  const tell = (text: string): void => say(`  ${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(5)} s  ${text}`);
  const smallDisk = steps.some(({ fault }) => fault.id === 'F20');
  const guard = sabotage && { build: sabotage.build, sabotage: sabotage.guard.statements };
  const world = await World.start({ tenants: TENANTS, smallDisk, tell, ...guard });
  try {
    tell(`${world.fleet.apis.length} apis, ${world.fleet.workers.length} workers, ${world.numbers.length} numbers of ${TENANTS} tenants, ${PER_SECOND} messages a second`);
    const load = new Load(world, chance.fork(2));
    const seen: string[] = [];
    await Promise.all([load.run(PER_SECOND, seconds * 1_000), ...steps.map((step, at) => take(step, world, load, chance.fork(10 + at), seen))]);
    await heal(world);
    tell('healed');
    await load.settled();
    const undone = await settle(world);
    tell('quiet');
    const ids = steps.map(({ fault }) => fault.id);
    const evidence = await gather(world, load, ids, undone, seen);
    const checks = ids.every((id) => id === NEIGHBOUR.id) ? [...CHECKS, NEIGHBOUR] : CHECKS;
    return checks.map(({ id, title, judge }) => ({ id, title, ...judge(evidence) }));
  } finally {
    await world.stop();
  }
}

function stepsOf({ faults, seconds }: RunOptions, chance: Chance): Step[] {
  if (faults.length > 0) return inTurn(FAULTS.filter(({ id }) => faults.includes(id)), seconds * 1_000);
  return random(seconds * 1_000, chance, SmallDisk.isPossible() ? [] : ['F20']);
}

async function take({ fault, atMs, ms }: Step, world: World, load: Load, chance: Chance, seen: string[]): Promise<void> {
  await delay(atMs);
  seen.push(await redisText(world));
  world.tell(`${fault.id} ${fault.title}`);
  await fault.strike({ world, load, chance, ms }).catch((error: unknown) => {
    // Two faults at a time may be in each other's way; whatever was broken is healed at the end.
    world.tell(`${fault.id} could not go on: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** Whatever is broken, by whichever fault, works again. */
async function heal(world: World): Promise<void> {
  world.disk?.free();
  world.redis.thaw();
  for (const gate of Object.values(world.gates)) {
    gate.heal();
    if (!gate.isOpen) await gate.open();
  }
  await world.revivePostgres();
  if (!(await world.withRedis((redis) => redis.config('SET', 'maxmemory', '0')).then(() => true, () => false))) await world.startRedis();
  await world.cluster.simulator.control('DELETE', '/faults');
  await world.cluster.simulator.settings({ statuses: true, statusBeforeAnswer: false, ...USUAL_WEBHOOKS });
  await world.fleet.revive();
}
