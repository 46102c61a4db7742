/** What `bin/chaos` runs: seeds one after another, and what the checker says of each. */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FAULTS, PROVED_ELSEWHERE } from './faults/catalogue.js';
import { runSeed, type Finding, type RunOptions } from './run.js';
import { SABOTAGES, sabotagedBuild } from './sabotage.js';
import { SmallDisk } from './small-disk.js';

const ROOT = join(import.meta.dirname, '..', '..');
const SECONDS = 60;
const SABOTAGE_SECONDS = 20;
const MOST_WRONGS = 8;

const HELP = `Faults: ${FAULTS.map(({ id, title }) => `\n  ${id.padEnd(4)} ${title}`).join('')}
  F27  a random schedule of them; the default
Guards that --sabotage takes away: ${SABOTAGES.map(({ guard, how }) => `\n  ${guard.padEnd(8)} ${how}`).join('')}`;

class Misuse extends Error {}

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    fault: { type: 'string' },
    seconds: { type: 'string' },
    sabotage: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function seedsOf(): number[] {
  if (values.seeds === undefined) return [values.seed === undefined ? randomInt(2 ** 31) : wholeNumber('--seed', values.seed)];
  const [from = '', to = ''] = values.seeds.split('..');
  const [first, last] = [wholeNumber('--seeds', from), wholeNumber('--seeds', to)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Misuse(`${name} wants whole numbers, not "${text}".`);
  return Number(text);
}

function faultsOf(): string[] {
  const ids = (values.fault ?? 'F27').toUpperCase().split(',');
  if (ids.length === 1 && ids[0] === 'F27') return [];
  for (const id of ids) {
    if (PROVED_ELSEWHERE[id] !== undefined) throw new Misuse(`${id} is proved by ${PROVED_ELSEWHERE[id]}.`);
    if (!FAULTS.some((fault) => fault.id === id)) throw new Misuse(`There is no fault ${id}.\n${HELP}`);
    if (id === 'F20' && !SmallDisk.isPossible()) throw new Misuse('F20 needs a disk that may fill up: root, and a system that lets it mount a tmpfs.');
  }
  return ids;
}

function report(seed: number, findings: readonly Finding[]): boolean {
  for (const { id, title, figures, wrongs } of findings) {
    console.log(`${wrongs.length === 0 ? 'ok ' : 'RED'}  ${id.padEnd(3)} ${title}: ${figures}`);
    for (const wrong of wrongs.slice(0, MOST_WRONGS)) console.log(`          ${wrong}`);
    if (wrongs.length > MOST_WRONGS) console.log(`          and ${wrongs.length - MOST_WRONGS} more`);
  }
  const isGreen = findings.every(({ wrongs }) => wrongs.length === 0);
  console.log(isGreen ? `seed ${seed}: green` : `seed ${seed}: RED`);
  return isGreen;
}

async function everySeed(options: Omit<RunOptions, 'seed'>): Promise<boolean> {
  const red: number[] = [];
  const seeds = seedsOf();
  for (const seed of seeds) {
    console.log(`seed ${seed} · ${options.faults.join(', ') || 'F27'} · ${options.seconds} s`);
    if (!report(seed, await runSeed({ ...options, seed }))) red.push(seed);
  }
  if (options.sabotage) return red.length === 0;
  const same = [...(values.fault === undefined ? [] : ['--fault', values.fault]), '--seconds', String(options.seconds)].join(' ');
  for (const seed of red) console.log(`Again: bin/chaos --seed ${seed} ${same}`);
  if (seeds.length > 1) console.log(`${seeds.length - red.length} of ${seeds.length} seeds green`);
  return red.length === 0;
}

/** True when the checker saw that the guard was gone. */
async function withoutGuard(options: Omit<RunOptions, 'seed'>): Promise<boolean> {
  const guard = SABOTAGES.find((sabotage) => sabotage.guard === values.sabotage);
  if (!guard) throw new Misuse(`There is no guard ${values.sabotage}.\n${HELP}`);
  console.log(`Without "${guard.guard}": ${guard.how}`);
  const copy = join(ROOT, '.parley', 'run', `chaos-build-${process.pid}`);
  try {
    const build = sabotagedBuild(join(ROOT, 'dist'), guard, copy);
    const isGreen = await everySeed({ ...options, faults: values.fault === undefined ? guard.faults : options.faults, sabotage: { guard, build } });
    console.log(isGreen ? `Nothing went red without "${guard.guard}": the checker does not see this guard` : `Seen: without "${guard.guard}" it goes red`);
    return !isGreen;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

// What was started ends by itself when this process does; a disk is unmounted on the way out.
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) process.once(signal, () => process.exit(code));

try {
  if (values.help) console.log(HELP);
  else {
    const isSabotage = values.sabotage !== undefined;
    const seconds = values.seconds === undefined ? (isSabotage ? SABOTAGE_SECONDS : SECONDS) : wholeNumber('--seconds', values.seconds);
    const options = { seconds, faults: faultsOf(), say: (line: string) => console.log(line) };
    const isAsItShould = isSabotage ? await withoutGuard(options) : await everySeed(options);
    process.exitCode = isAsItShould ? 0 : 1;
  }
} catch (error) {
  console.error(error instanceof Misuse ? error.message : error);
  process.exitCode = error instanceof Misuse ? 2 : 1;
}
