import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../../support/rest-client.js';
import type { GateAnswers } from '../../support/tcp-gate.js';
import type { Fault, Strike } from './fault.js';

/** Asks the simulator for a fault of every send while the strike lasts. */
function everySend({ world, ms }: Strike, fault: Json): Promise<Json> {
  return world.cluster.simulator.control('POST', '/faults', { durationMs: ms, ...fault });
}

const said = (fault: Json): string => Object.entries(fault).map(([name, value]) => `${name} ${String(value)}`).join(', ');

/** Each of these in turn, for its share of the time. */
async function inTurn(strike: Strike, faults: readonly Json[], turns: number): Promise<void> {
  const ms = Math.max(1_000, Math.floor(strike.ms / turns));
  for (let turn = 0; turn < turns; turn += 1) {
    const fault = strike.chance.pick(faults);
    strike.world.tell(`Graph: ${said(fault)}`);
    await everySend({ ...strike, ms }, fault);
    await delay(ms);
  }
}

export const BAD_ANSWERS: Fault = {
  id: 'F10',
  title: 'Graph answers 500, HTML, nothing, garbage, or half of it',
  async strike(strike) {
    const { world, chance, ms } = strike;
    const answers = chance.pick<GateAnswers>(['garbled', 'cut']);
    const faults = [
      { kind: 'http', status: 500, share: 0.3 },
      { kind: 'http', status: 503, share: 0.3 },
      { kind: 'html', share: 0.3 },
      { kind: 'error', code: 131000, share: 0.3 },
      { kind: 'accept-then-http', status: 504, share: 0.3 },
      { kind: 'accept-then-error', code: 1, share: 0.3 },
    ];
    await inTurn({ ...strike, ms: ms * 0.7 }, faults, 3);
    world.tell(`Graph: answers ${answers}`);
    world.gates.graph.answers = answers;
    await delay(Math.min(1_500, ms * 0.3));
    world.gates.graph.heal();
  },
};

export const THROTTLED: Fault = {
  id: 'F11',
  title: 'Graph throttles number, account, app or pair, or refuses the account or its token',
  strike: (strike) =>
    inTurn(
      strike,
      [
        { kind: 'error', code: 130429, share: 0.5 },
        { kind: 'error', code: 131056, share: 0.3 },
        { kind: 'error', code: 80007, share: 0.3 },
        { kind: 'error', code: 4, share: 0.3 },
        { kind: 'error', code: 131048, share: 0.3 },
        { kind: 'error', code: 368, count: 1 },
        { kind: 'error', code: 131031, count: 1 },
        { kind: 'error', code: 190, count: 1 },
        { kind: 'too-many-requests', share: 0.5, retryAfterSeconds: 1 },
      ],
      3,
    ),
};

export const BAD_NETWORK: Fault = {
  id: 'F12',
  title: 'Graph slow, half open, or resetting connections',
  strike: (strike) => strike.chance.pick([slow, drips, halfOpen, resets, shut])(strike),
};

async function slow({ world, chance, ms }: Strike): Promise<void> {
  const lateMs = chance.pick([900, 4_000]);
  world.tell(`Graph: every answer ${lateMs} ms late`);
  world.gates.graph.answersLateMs = lateMs;
  await delay(ms);
  world.gates.graph.heal();
}

async function drips(strike: Strike): Promise<void> {
  await inTurn(strike, [{ kind: 'slow-loris', share: 0.5 }], 1);
}

async function halfOpen({ world, ms }: Strike): Promise<void> {
  world.tell('Graph: half open, takes everything and answers nothing');
  world.gates.graph.isHalfOpen = true;
  await delay(ms);
  world.gates.graph.heal();
}

async function resets({ world, ms }: Strike): Promise<void> {
  world.tell('Graph: the connection is reset after each request');
  world.gates.graph.resetsAfterRequest = true;
  await delay(Math.min(ms, 2_500));
  world.gates.graph.heal();
}

async function shut({ world, ms }: Strike): Promise<void> {
  world.tell('Graph: connections are refused');
  world.gates.graph.shut();
  await delay(ms);
  await world.gates.graph.open();
}

export const REPLY_LOST: Fault = {
  id: 'F13',
  title: 'Graph accepts, its reply is lost; statuses come before it, late, or never',
  async strike(strike) {
    const { world, chance, ms } = strike;
    const { simulator } = world.cluster;
    const statuses = chance.pick(['before', 'late', 'never'] as const);
    const settings = { before: { statusBeforeAnswer: true }, late: { webhookDelayMs: { min: ms, max: ms } }, never: { statuses: false } }[statuses];
    const healed = { before: { statusBeforeAnswer: false }, late: { webhookDelayMs: { min: 0, max: 0 } }, never: { statuses: true } }[statuses];
    world.tell(`Graph: replies are lost, statuses ${statuses}`);
    await simulator.settings(settings);
    await everySend(strike, { kind: chance.pick(['accept-then-hang', 'accept-then-reset']), share: 0.4 });
    await delay(ms);
    await simulator.settings(healed);
  },
};

export const GRAPH_DOWN: Fault = {
  id: 'F14',
  title: 'Graph down, then flapping',
  async strike(strike) {
    const { world, ms } = strike;
    world.tell('Graph: down');
    await everySend({ ...strike, ms: ms / 2 }, { kind: 'http', status: 503 });
    await delay(ms / 2);
    world.tell('Graph: flapping, every second send fails');
    await everySend({ ...strike, ms: ms / 2 }, { kind: 'error', code: 2, status: 503, share: 0.5 });
    await delay(ms / 2);
  },
};
