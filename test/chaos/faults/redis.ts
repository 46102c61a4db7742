import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, Strike } from './fault.js';

const MEGABYTE = 1_048_576;

export const FLUSH_REDIS: Fault = {
  id: 'F4',
  title: 'FLUSHALL, again and again',
  async strike({ world, chance, ms }) {
    for (const endsAt = performance.now() + ms; performance.now() < endsAt; await delay(chance.int(500, 1_500))) {
      await world.withRedis((redis) => redis.flushall()).catch(() => undefined);
      world.tell('FLUSHALL');
    }
  },
};

export const REDIS_AWAY: Fault = {
  id: 'F5',
  title: 'Redis down, frozen, unreachable, or cutting its clients',
  strike: (strike) => strike.chance.pick([down, frozen, shut, cutting])(strike),
};

async function down({ world, ms }: Strike): Promise<void> {
  world.tell('Redis is killed, and comes back empty');
  await world.redis.stop();
  await delay(ms);
  await world.startRedis();
}

async function frozen({ world, ms }: Strike): Promise<void> {
  world.tell('Redis takes bytes and answers nothing');
  world.redis.freeze();
  await delay(ms);
  world.redis.thaw();
}

async function shut({ world, ms }: Strike): Promise<void> {
  world.tell('Redis refuses connections');
  world.gates.redis.shut();
  await delay(ms);
  await world.gates.redis.open();
}

async function cutting({ world, ms }: Strike): Promise<void> {
  world.tell('CLIENT KILL every half second');
  for (const endsAt = performance.now() + ms; performance.now() < endsAt; await delay(500))
    await world.withRedis((redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')).catch(() => undefined);
}

export const REDIS_FULL: Fault = {
  id: 'F6',
  title: 'Redis full: every write is refused',
  async strike({ world, ms }) {
    const limit = (bytes: number): Promise<unknown> => world.withRedis((redis) => redis.config('SET', 'maxmemory', String(bytes)));
    await limit(MEGABYTE / 2).catch(() => undefined);
    world.tell('maxmemory is reached');
    await delay(ms);
    await limit(0).catch(() => undefined);
  },
};
