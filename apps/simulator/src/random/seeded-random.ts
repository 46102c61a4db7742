import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A named sequence of draws: what one purpose draws never shifts what another one sees. */
export class RandomStream {
  private generator: RandomGenerator;

  constructor(
    private readonly name: string,
    seed: number,
  ) {
    this.generator = xoroshiro128plus(mix(seed, name));
  }

  /** Starts the sequence again, from another seed or from the same one. */
  reseed(seed: number): void {
    this.generator = xoroshiro128plus(mix(seed, this.name));
  }

  /** A whole number, both bounds included. */
  int(min: number, max: number): number {
    return max <= min ? min : uniformInt(this.generator, min, max);
  }

  /** True with the given probability (0 to 1). */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    if (probability >= 1) return true;
    return uniformFloat64(this.generator) < probability;
  }

  /** One of the given choices. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.int(0, choices.length - 1)] ?? choices[0];
  }

  /** Random bytes. */
  bytes(length: number): Buffer {
    const buffer = Buffer.allocUnsafe(Math.ceil(length / 4) * 4);
    for (let offset = 0; offset < length; offset += 4) buffer.writeInt32LE(this.generator.next(), offset);
    return buffer.subarray(0, length);
  }

  /** A new array with the same elements in another order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = this.int(0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
    }
    return shuffled;
  }
}

/** The one source of chance: every stream derives from its seed, so that a run can be repeated. */
export class SeededRandom {
  private readonly streams = new Map<string, RandomStream>();
  private currentSeed: number;

  constructor(seed: number) {
    this.currentSeed = seed;
  }

  get seed(): number {
    return this.currentSeed;
  }

  /** The stream of that name; the same object each time. */
  stream(name: string): RandomStream {
    let stream = this.streams.get(name);
    if (!stream) {
      stream = new RandomStream(name, this.currentSeed);
      this.streams.set(name, stream);
    }
    return stream;
  }

  /** Starts every stream again from that seed. Ids drawn before may then be drawn once more. */
  reseed(seed: number): void {
    this.currentSeed = seed;
    for (const stream of this.streams.values()) stream.reseed(seed);
  }
}

/** FNV-1a over the name, folded into the seed. */
function mix(seed: number, name: string): number {
  let hash = FNV_OFFSET ^ seed;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), FNV_PRIME);
  }
  return hash | 0;
}
