interface Waiting {
  weight: number;
  resolve: () => void;
}

/** So many at a time, in the order in which they asked. One that wants more than there is takes all there is. */
export class Semaphore {
  private free: number;
  private readonly waiting: Waiting[] = [];

  constructor(readonly size: number) {
    this.free = size;
  }

  /** Waits until the weight is free. The same weight has to be given back. */
  async take(weight = 1): Promise<void> {
    const wanted = Math.min(weight, this.size);
    if (this.waiting.length === 0 && this.free >= wanted) {
      this.free -= wanted;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push({ weight: wanted, resolve }));
  }

  giveBack(weight = 1): void {
    this.free = Math.min(this.size, this.free + weight);
    for (let next = this.waiting[0]; next && next.weight <= this.free; next = this.waiting[0]) {
      this.waiting.shift();
      this.free -= next.weight;
      next.resolve();
    }
  }

  get taken(): number {
    return this.size - this.free;
  }
}
