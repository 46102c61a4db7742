/** The sends that one process may have under way. Turns take what is free and never more, so nothing is claimed in vain. */
export class SendingSlots {
  private free: number;
  private waiting: (() => void)[] = [];

  constructor(readonly size: number) {
    this.free = size;
  }

  /** Up to `wanted` slots, at least one; waits while none is free. */
  async take(wanted: number): Promise<number> {
    while (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const taken = Math.min(wanted, this.free);
    this.free -= taken;
    return taken;
  }

  giveBack(count: number): void {
    this.free += count;
    for (const resolve of this.waiting.splice(0, count)) resolve();
  }

  get busy(): number {
    return this.size - this.free;
  }
}
