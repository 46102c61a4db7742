import { Redis, type Command } from 'ioredis';

/** What a request may wait for Redis. */
const COMMAND_TIMEOUT_MS = 50;
const LONGEST_RECONNECT_MS = 1_000;
/** In so many steps a timeout passes. */
const STEPS = 5;

/**
 * Gives a command up when its time is over. The time passes in steps, of which an event loop that stands still counts one
 * at most: that this process is short of CPU says nothing about Redis.
 */
class LimitsRedis extends Redis {
  /** @param timeoutMs what a command may take */
  constructor(url: string, private readonly timeoutMs: number) {
    super(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 2_000,
      retryStrategy: (times) => Math.min(50 * times, LONGEST_RECONNECT_MS),
    });
  }

  override sendCommand(command: Command, ...stream: unknown[]): unknown {
    let left = STEPS;
    const steps = setInterval(() => {
      left -= 1;
      if (left > 0) return;
      clearInterval(steps);
      // What has come by now is read before the verdict.
      setImmediate(() => command.isResolved || command.reject(new Error('Redis did not answer in time')));
    }, this.timeoutMs / STEPS);
    const stop = (): void => clearInterval(steps);
    command.promise.then(stop, stop);
    return super.sendCommand(command, ...(stream as []));
  }
}

/**
 * A connection for limits: it fails at once without Redis, after 50 ms (or the time given) with one that hangs, and reconnects for ever.
 * Errors of the connection show as failing commands; a listener that keeps silent is needed, or they would end the process.
 */
export function createLimitsRedis(url: string, commandTimeoutMs = COMMAND_TIMEOUT_MS): Redis {
  return new LimitsRedis(url, commandTimeoutMs).on('error', () => {});
}
