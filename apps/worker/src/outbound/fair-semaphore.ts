/** Who asks: a tenant, with its share relative to the others. */
export interface Party {
  readonly key: string;
  readonly weight: number;
}

interface Waiting {
  readonly amount: number;
  readonly weight: number;
  readonly resolve: () => void;
}

interface Holding {
  held: number;
  readonly waiting: Waiting[];
}

/**
 * Slots that many parties share: what comes free goes to whoever holds the least for its weight, and within a party to
 * the first that asked. One party may use all of them while nobody else wants any; a newcomer waits for the next one
 * that comes free, however many of others stand before it, or does not wait at all while there is overdraft.
 */
export class FairSemaphore {
  private free: number;
  private readonly parties = new Map<string, Holding>();

  /** @param overdraft beyond the size, for parties that hold nothing: what one party holds keeps no newcomer waiting */
  constructor(
    readonly size: number,
    private readonly overdraft = 0,
  ) {
    this.free = size;
  }

  /** Waits until so many are free for the party. The same amount has to be given back. */
  async take({ key, weight }: Party, amount = 1): Promise<void> {
    const wanted = Math.min(amount, this.size);
    const party = this.of(key);
    const isNew = party.held === 0 && party.waiting.length === 0;
    if ((this.free >= wanted && !this.isAwaited) || (isNew && this.free + this.overdraft >= wanted)) {
      this.free -= wanted;
      party.held += wanted;
      return;
    }
    await new Promise<void>((resolve) => party.waiting.push({ amount: wanted, weight, resolve }));
  }

  giveBack({ key }: Pick<Party, 'key'>, amount = 1): void {
    const party = this.of(key);
    const returned = Math.min(amount, party.held);
    party.held -= returned;
    this.free += returned;
    if (party.held === 0 && party.waiting.length === 0) this.parties.delete(key);
    this.serve();
  }

  /** Whether somebody waits who has less than this party for its weight: whoever can stop early should. */
  isWantedBy({ key, weight }: Party): boolean {
    const own = (this.parties.get(key)?.held ?? 0) / weight;
    for (const [other, party] of this.parties) {
      if (other !== key && party.waiting.length > 0 && shareAfterNext(party) < own) return true;
    }
    return false;
  }

  /** Whether anybody waits. */
  get isAwaited(): boolean {
    for (const { waiting } of this.parties.values()) if (waiting.length > 0) return true;
    return false;
  }

  get taken(): number {
    return this.size - this.free;
  }

  private serve(): void {
    for (let next = this.poorest(); next && next.waiting[0]!.amount <= this.free; next = this.poorest()) {
      const { amount, resolve } = next.waiting.shift()!;
      this.free -= amount;
      next.held += amount;
      resolve();
    }
  }

  private poorest(): Holding | undefined {
    let poorest: Holding | undefined;
    for (const party of this.parties.values()) {
      if (party.waiting.length > 0 && (!poorest || shareAfterNext(party) < shareAfterNext(poorest))) poorest = party;
    }
    return poorest;
  }

  private of(key: string): Holding {
    let party = this.parties.get(key);
    if (!party) this.parties.set(key, (party = { held: 0, waiting: [] }));
    return party;
  }
}

/** What a party would have, for its weight, with what it asks for next. */
function shareAfterNext({ held, waiting }: Holding): number {
  const [next] = waiting;
  return next ? (held + next.amount) / next.weight : Infinity;
}
