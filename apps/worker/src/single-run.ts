/**
 * Work that runs once at a time in this process and looks again when it was asked for meanwhile, so that no call comes in
 * vain: what was written before the call is seen by the run that follows it.
 */
export class SingleRun {
  private running: Promise<void> | undefined;
  private isAskedAgain = false;

  /** @param work runs until nothing is due, or the signal says stop */
  constructor(private readonly work: (signal: AbortSignal) => Promise<void>) {}

  run(signal: AbortSignal): Promise<void> {
    this.isAskedAgain = true;
    this.running ??= this.runWhileAsked(signal).finally(() => (this.running = undefined));
    return this.running;
  }

  private async runWhileAsked(signal: AbortSignal): Promise<void> {
    while (this.isAskedAgain && !signal.aborted) {
      this.isAskedAgain = false;
      await this.work(signal);
    }
  }
}
