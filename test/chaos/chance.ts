import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

const GOLDEN = 0x9e3779b9;

/** Draws from a seed, so that a run that went red can be run again. */
export class Chance {
  private readonly generator: RandomGenerator;

  constructor(readonly seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /** A stream of its own for one purpose: how much it draws never shifts what another one sees. */
  fork(place: number): Chance {
    return new Chance(Math.imul(this.seed ^ (place + 1), GOLDEN));
  }

  /** A whole number, both bounds included. */
  int(least: number, most: number): number {
    return most <= least ? least : uniformInt(this.generator, least, most);
  }

  /** True so often in a hundred. */
  percent(share: number): boolean {
    return this.int(1, 100) <= share;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)]!;
  }
}
