import type { Chance } from './chance.js';
import { FAULTS } from './faults/catalogue.js';
import type { Fault } from './faults/fault.js';

/** One fault of a run, and when. */
export interface Step {
  readonly fault: Fault;
  readonly atMs: number;
  readonly ms: number;
}

const SHORTEST_MS = 3_000;
const LONGEST_MS = 9_000;
/** Of a hundred faults so many begin before the last one is over. */
const OVERLAPPING = 30;

/** These faults one after another, in equal shares of the time. */
export function inTurn(faults: readonly Fault[], totalMs: number): Step[] {
  const share = totalMs / faults.length;
  return faults.map((fault, at) => ({ fault, atMs: at * share + share * 0.1, ms: share * 0.8 }));
}

/** A random schedule of everything that this machine lets us do: row F27 of the matrix. */
export function random(totalMs: number, chance: Chance, without: readonly string[]): Step[] {
  const choices = FAULTS.filter(({ id }) => !without.includes(id));
  const steps: Step[] = [];
  for (let atMs = 1_000; atMs + SHORTEST_MS < totalMs; ) {
    const ms = Math.min(chance.int(SHORTEST_MS, LONGEST_MS), totalMs - atMs);
    steps.push({ fault: chance.pick(choices), atMs, ms });
    atMs += chance.percent(OVERLAPPING) ? ms / 2 : ms + chance.int(300, 1_500);
  }
  return steps;
}
