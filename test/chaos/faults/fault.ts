import type { Chance } from '../chance.js';
import type { Load } from '../load.js';
import type { World } from '../world.js';

/** What a fault strikes with. */
export interface Strike {
  readonly world: World;
  readonly chance: Chance;
  readonly load: Load;
  /** How long the fault shall last, in ms. */
  readonly ms: number;
}

/** One row of the fault matrix. It heals what it broke before it returns; processes that ended are revived by the run. */
export interface Fault {
  readonly id: string;
  readonly title: string;
  readonly strike: (strike: Strike) => Promise<void>;
}
