import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

/** Everything that is to happen later, so that a reset or the end can call it off. */
@Injectable()
export class Timers implements OnApplicationShutdown {
  private readonly pending = new Set<NodeJS.Timeout>();

  after(delayMs: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      action();
    }, delayMs);
    this.pending.add(timer);
  }

  clear(): void {
    for (const timer of this.pending) clearTimeout(timer);
    this.pending.clear();
  }

  onApplicationShutdown(): void {
    this.clear();
  }
}
