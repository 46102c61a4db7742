import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Fault, Strike } from './fault.js';

const LOCK_MS = 1_500;
const SLOW_MS = 400;

export const RESTART_POSTGRES: Fault = {
  id: 'F7',
  title: 'Postgres stops, fast or immediately, and comes back',
  async strike({ world, chance, ms }) {
    const how = chance.pick(['fast', 'immediate'] as const);
    world.tell(`Postgres: ${how} shutdown`);
    await world.postgres.stop(how);
    await delay(Math.min(ms, 5_000));
    await world.revivePostgres();
    world.tell('Postgres is back');
  },
};

export const SLOW_POSTGRES: Fault = {
  id: 'F8',
  title: 'Postgres slow, locked, out of connections, or cutting those in use',
  strike: (strike) => strike.chance.pick([slow, locked, exhausted, cut])(strike),
};

async function slow({ world, ms }: Strike): Promise<void> {
  world.tell(`every answer of Postgres comes ${SLOW_MS} ms late`);
  world.gates.postgres.answersLateMs = SLOW_MS;
  await delay(ms);
  world.gates.postgres.heal();
}

async function locked({ world, ms }: Strike): Promise<void> {
  world.tell('a storm of locks on messages');
  await withOwner(world.postgres.database.owner, async (client) => {
    for (const endsAt = performance.now() + ms; performance.now() < endsAt; await delay(200)) {
      await client.query('BEGIN; LOCK TABLE messages IN SHARE ROW EXCLUSIVE MODE');
      await delay(LOCK_MS);
      await client.query('ROLLBACK');
    }
  });
}

async function exhausted({ world, ms }: Strike): Promise<void> {
  const taken: pg.Client[] = [];
  world.gates.postgres.shut(); // the pools must connect anew, and find nothing left
  for (let isLeft = true; isLeft; ) {
    const client = new pg.Client({ connectionString: world.postgres.database.owner });
    client.on('error', () => {});
    isLeft = await client.connect().then(() => taken.push(client) > 0, () => false);
  }
  await world.gates.postgres.open();
  world.tell(`all ${taken.length} connections of Postgres are taken`);
  await delay(ms);
  await Promise.all(taken.map((client) => client.end().catch(() => undefined)));
}

async function cut({ world, ms }: Strike): Promise<void> {
  world.tell('connections to Postgres are reset every second');
  for (const endsAt = performance.now() + ms; performance.now() < endsAt; await delay(1_000)) world.gates.postgres.resetAll();
}

async function withOwner(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await work(client).catch(() => undefined); // the server may fall meanwhile, by another fault
  } finally {
    await client.end().catch(() => undefined);
  }
}

export const DISK_FULL: Fault = {
  id: 'F20',
  title: "the disk of Postgres is full",
  async strike({ world, ms }) {
    if (!world.disk) throw new Error('This world has no disk that may fill up');
    world.tell(`the disk is full: ${world.disk.fill()} MB taken`);
    await delay(ms);
    world.disk.free();
    await world.revivePostgres();
    world.tell('there is room again');
  },
};
