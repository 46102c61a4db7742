import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMs, peakRssMb, rssMb } from './usage.js';

/** The root of the build: `dist`. */
const BUILD = join(import.meta.dirname, '..', '..');
const READY_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 20_000;

const children = new Set<Child>();
process.once('exit', () => {
  for (const child of children) child.kill();
});

/** A process that a bench started. It ends with the bench, whatever happens. */
export class Child {
  private constructor(
    readonly name: string,
    private readonly process: ChildProcess,
  ) {
    children.add(this);
    process.once('exit', () => children.delete(this));
  }

  /** Starts a file of the bench (`floors/webhook.floor`) and waits for its first words. */
  static async fork<Hello>(
    name: string,
    file: string,
    { env, profileDir }: { env?: NodeJS.ProcessEnv; profileDir?: string | undefined } = {},
  ): Promise<{ child: Child; hello: Hello }> {
    const forked = fork(join(BUILD, 'bench', `${file}.js`), [], {
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
      serialization: 'advanced',
      execArgv: profiling(name, profileDir),
    });
    const child = new Child(name, forked);
    return { child, hello: await child.answer<Hello>() };
  }

  /** Starts one of our apps as it runs in production, its log in a file, and waits until it says that it is ready. */
  static async app(
    name: 'api' | 'worker',
    {
      env,
      readyUrl,
      logDir,
      profileDir,
    }: { env: NodeJS.ProcessEnv; readyUrl: string; logDir: string; profileDir?: string | undefined },
  ): Promise<Child> {
    mkdirSync(logDir, { recursive: true });
    const log = openSync(join(logDir, `${name}.log`), 'a', 0o600);
    const main = join(BUILD, 'apps', name, 'src', 'main.js');
    const started = spawn(process.execPath, [...profiling(name, profileDir), main], {
      env,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const child = new Child(name, started);
    await child.waitUntilReady(readyUrl, logDir);
    return child;
  }

  /** Sends an order and waits for the report. */
  async ask<Report>(order: object): Promise<Report> {
    this.process.send(order);
    return this.answer<Report>();
  }

  /** CPU time so far in milliseconds; null where it cannot be read. */
  get cpuMs(): number | null {
    return this.process.pid === undefined ? null : cpuMs(this.process.pid);
  }

  get peakRssMb(): number | null {
    return this.process.pid === undefined ? null : peakRssMb(this.process.pid);
  }

  /** Memory of the process now; null where it cannot be read. */
  get rssMb(): number | null {
    return this.process.pid === undefined ? null : rssMb(this.process.pid);
  }

  /** Asks the process to end, and ends it when it does not. */
  async stop(): Promise<void> {
    if (this.isOver) return;
    const ended = once(this.process, 'exit');
    if (this.process.connected) this.process.disconnect();
    else this.process.kill('SIGTERM');
    const inTime = await Promise.race([ended, delay(END_TIMEOUT_MS, null, { ref: false })]);
    if (inTime === null) this.kill();
  }

  kill(): void {
    if (!this.isOver) this.process.kill('SIGKILL');
  }

  private get isOver(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  private answer<Answer>(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`The process ${this.name} ended (${code})`));
      this.process.once('exit', onExit);
      this.process.once('message', (message) => {
        this.process.off('exit', onExit);
        resolve(message as Answer);
      });
    });
  }

  private async waitUntilReady(url: string, logDir: string): Promise<void> {
    for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline && !this.isOver; await delay(100)) {
      const isReady = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
        (response) => response.ok,
        () => false, // not listening yet
      );
      if (isReady) return;
    }
    throw new Error(`The process ${this.name} did not become ready; its log is in ${logDir}`);
  }
}

function profiling(name: string, dir: string | undefined): string[] {
  return dir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${dir}`, `--cpu-prof-name=${name}.cpuprofile`];
}

/** Ends all processes of the bench. */
export async function stopAll(): Promise<void> {
  await Promise.all([...children].map((child) => child.stop()));
}
