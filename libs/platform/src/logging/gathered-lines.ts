import type { DestinationStream } from 'pino';

/** A stream that can be told to wait until all is written. */
export interface LogDestination extends DestinationStream {
  flushSync(): void;
}

/** So late a line may be written: nobody reads it sooner. */
const GATHERED_MS = 20;

/**
 * Hands the lines of a moment to the stream as one text. At thousands of lines a second a call of the stream for each, or
 * for each turn of the event loop, would cost more than making them. What a killed process said in its last moment is lost.
 */
export class GatheredLines implements LogDestination {
  private lines: string[] = [];

  constructor(private readonly stream: LogDestination) {
    // What was said in the last turn of a process would be lost with it.
    process.on('exit', () => this.flushSync());
  }

  write(line: string): void {
    if (this.lines.push(line) === 1) setTimeout(() => this.hand(), GATHERED_MS).unref();
  }

  flushSync(): void {
    this.hand();
    this.stream.flushSync();
  }

  private hand(): void {
    if (this.lines.length === 0) return;
    const text = this.lines.join('');
    this.lines = [];
    this.stream.write(text);
  }
}
