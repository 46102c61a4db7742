import { monitorEventLoopDelay } from 'node:perf_hooks';

/** More than this is not forgiven, however busy the machine was. */
const MOST_FORGIVEN_MS = 150;

/**
 * How long this machine makes a process wait that has something to do: seen in this process, which has less to do than
 * those under test. What left in time arrives in clumps then, and a limit by the second looks passed.
 */
export class Stalls {
  private readonly delay = monitorEventLoopDelay({ resolution: 10 });

  start(): void {
    this.delay.enable();
  }

  stop(): void {
    this.delay.disable();
  }

  /** At the worst. */
  get longestMs(): number {
    return Math.round(this.delay.max / 1e6);
  }

  /** As much of it as a limit may be off by. */
  get forgivenMs(): number {
    return Math.min(this.longestMs, MOST_FORGIVEN_MS);
  }
}
