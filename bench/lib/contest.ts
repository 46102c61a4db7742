import { beginBench, median, rounded, type Begun } from './begin.js';
import { stopAll, type Child } from './child.js';
import type { BenchDatabase } from './database.js';
import type { Environment } from './environment.js';

/** One measured round of one side. */
export interface Round {
  readonly items: number;
  readonly elapsedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Both sides, up and waiting. A round takes so many items and returns when what it wrote was counted. */
export interface Contest {
  /** Left out where there is nothing to compare with: the bar is then a rate. */
  readonly floor?: (items: number) => Promise<Pick<Round, 'items' | 'elapsedMs'>>;
  readonly ours: (items: number) => Promise<Round>;
  /** The one process of ours that is measured. */
  readonly measured: Child;
  /** Closes connections that the bench itself holds. */
  readonly close?: () => Promise<void>;
}

export interface Bench {
  readonly name: string;
  /** The least share of the floor's rate; without a floor, the least rate a second. */
  readonly bar: number;
  readonly p99BarMs?: number;
  /** Items of a round. Rounds are short and many: what else the machine does then meets both sides alike. */
  readonly items: number;
  /** How many rounds' worth the warm-up is, so that both sides have been compiled. */
  readonly warmUpRounds: number;
  readonly rounds: number;
  readonly setUp: (environment: Environment, database: BenchDatabase) => Promise<Contest>;
}

interface Measured extends Round {
  readonly rate: number;
  readonly cpuMsPerItem: number | null;
}

const MS_PER_SECOND = 1_000;
const SMOKE_ITEMS = 500;

/**
 * Runs a bench: one warm-up of both sides, then floor and ours in turn, so that whatever else the machine does meets
 * both. The figures are medians over the rounds. The last line is the result as JSON; a missed bar is exit code 1.
 */
export async function runBench(bench: Bench): Promise<void> {
  const { environment, database, about } = await beginBench();
  const { smoke } = environment;
  const rounds = smoke ? 1 : (environment.rounds ?? bench.rounds);
  const contest = await bench.setUp(environment, database);
  const items = smoke ? SMOKE_ITEMS : bench.items;
  const [floors, ours]: [number[], Measured[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    const count = round === 0 && !smoke ? items * bench.warmUpRounds : items;
    const floor = contest.floor ? rateOf(await contest.floor(count)) : null;
    const own = await measure(contest, count);
    const beside = floor === null ? '' : `floor ${Math.round(floor)}/s, `;
    console.log(`${round === 0 ? 'warm-up' : `round ${round}`}: ${beside}ours ${describe(own)}`);
    if (round === 0) continue;
    if (floor !== null) floors.push(floor);
    ours.push(own);
  }
  const rssMb = contest.measured.peakRssMb;
  await contest.close?.();
  await database.close();
  await stopAll();
  report(bench, smoke, { floors, ours, rssMb, about });
}

async function measure({ ours, measured }: Contest, items: number): Promise<Measured> {
  const before = measured.cpuMs;
  const round = await ours(items);
  const after = measured.cpuMs;
  const cpuMsPerItem = before === null || after === null ? null : (after - before) / round.items;
  return { ...round, rate: rateOf(round), cpuMsPerItem };
}

function report(
  { name, bar, p99BarMs }: Bench,
  smoke: boolean,
  results: { floors: number[]; ours: Measured[]; rssMb: number | null; about: Begun['about'] },
): void {
  const middle = (read: (round: Measured) => number): number => median(results.ours.map(read));
  const floor = results.floors.length === 0 ? null : median(results.floors);
  const [ours, p99Ms] = [middle((round) => round.rate), middle((round) => round.p99Ms)];
  const ratio = floor === null ? null : ours / floor;
  const ok = smoke || ((ratio ?? ours) >= bar && (p99BarMs === undefined || p99Ms < p99BarMs));
  const line = {
    name,
    ours: Math.round(ours),
    floor: floor === null ? null : Math.round(floor),
    ratio: ratio === null ? null : rounded(ratio, 3),
    bar,
    ok,
    p50Ms: rounded(
      middle((round) => round.p50Ms),
      1,
    ),
    p99Ms: rounded(p99Ms, 1),
    ...(p99BarMs !== undefined && { p99BarMs }),
    rssMb: results.rssMb,
    cpuMsPerItem: results.ours.some((round) => round.cpuMsPerItem === null)
      ? null
      : rounded(
          middle((round) => round.cpuMsPerItem ?? 0),
          4,
        ),
    rounds: results.ours.length,
    smoke,
    ...results.about,
  };
  console.log(JSON.stringify(line));
  process.exitCode = ok ? 0 : 1;
}

const rateOf = ({ items, elapsedMs }: Pick<Round, 'items' | 'elapsedMs'>): number =>
  (items / elapsedMs) * MS_PER_SECOND;

function describe({ rate, p50Ms, p99Ms, cpuMsPerItem }: Measured): string {
  const cpu = cpuMsPerItem === null ? '' : `, ${cpuMsPerItem.toFixed(3)} ms CPU each`;
  return `${Math.round(rate)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms${cpu}`;
}
