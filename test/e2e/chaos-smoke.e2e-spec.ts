import { randomInt } from 'node:crypto';
import { jest } from '@jest/globals';
import { runSeed } from '../chaos/run.js';

jest.setTimeout(150_000);

const SEED = Number(process.env['E2E_SEED'] ?? randomInt(2 ** 31));
const SECONDS = 10;

/** One short seed of what `bin/chaos` does at length: the faults that tell most, one after another. */
describe('chaos', () => {
  it(`kill -9, FLUSHALL and bad answers under load: nothing lost, twice, out of order or too fast (E2E_SEED=${SEED})`, async () => {
    const lines: string[] = [];
    const findings = await runSeed({ seed: SEED, seconds: SECONDS, faults: ['F1', 'F4', 'F10'], say: (line) => lines.push(line) });
    const red = findings.filter(({ wrongs }) => wrongs.length > 0).map(({ id, title, wrongs }) => ({ id, title, wrongs: wrongs.slice(0, 5) }));
    expect({ red, course: red.length > 0 ? lines : [] }).toEqual({ red: [], course: [] });
  });
});
