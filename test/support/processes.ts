import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { waitFor } from './wait-for.js';

const READY_TIMEOUT_MS = 30_000;
const TAIL_LINES = 20;
const GUARD = join(import.meta.dirname, 'process-guard.mjs');
/** What a process needs of this machine; nothing else of the caller's environment changes what a test does. */
const MACHINE = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG'];

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessStart {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd?: string;
}

/** The same code is compiled for dozens of processes. */
const COMPILE_CACHE = join(import.meta.dirname, '..', '..', '.parley', 'compile-cache');

/** The environment of a process of a test: the machine's, and what is given. */
export function environment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(MACHINE.map((name) => [name, process.env[name]])), NODE_COMPILE_CACHE: COMPILE_CACHE, ...variables };
}

/** A process under test. */
export class TestProcess {
  readonly ended: Promise<ProcessEnd>;
  private end: ProcessEnd | undefined;

  constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly logFile: string,
  ) {
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.end = { code, signal };
        resolve(this.end);
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.end !== undefined;
  }

  /** Waits until an address answers with 2xx. @throws with the end of the log when the process ends before that */
  async ready(url: string): Promise<this> {
    await waitFor(async () => this.hasEnded || (await answers(url)), READY_TIMEOUT_MS).catch(() => undefined);
    if (this.hasEnded || !(await answers(url))) throw new Error(`${this.name} did not become ready; the end of ${this.logFile}:\n${this.logTail()}`);
    return this;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.hasEnded) this.child.kill(signal);
  }

  /** SIGKILL: no hook, no flush. */
  kill(): Promise<ProcessEnd> {
    this.signal('SIGKILL');
    return this.ended;
  }

  /** SIGTERM, as an orchestrator ends it. */
  terminate(): Promise<ProcessEnd> {
    this.signal('SIGTERM');
    return this.ended;
  }

  logTail(): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  }
}

/** The processes of one test file. Whatever becomes of the file, none of them outlives it. */
export class Processes {
  private readonly started: TestProcess[] = [];
  private readonly guard = spawn(process.execPath, [GUARD], { stdio: ['pipe', 'ignore', 'ignore'] });

  start({ name, command, args, logFile, ...options }: ProcessStart): TestProcess {
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a', 0o600);
    const child = spawn(command, args, { ...options, stdio: ['ignore', log, log] });
    closeSync(log);
    if (child.pid !== undefined) this.watch(child.pid);
    const started = new TestProcess(name, child, logFile);
    this.started.push(started);
    return started;
  }

  /** Hands a process over to the guard. */
  watch(pid: number): void {
    this.guard.stdin.write(`${pid}\n`);
  }

  /** Kills what still runs, the youngest first. */
  async stop(): Promise<void> {
    for (const started of this.started.toReversed()) await started.kill();
    const ended = new Promise((resolve) => this.guard.once('exit', resolve));
    this.guard.stdin.end();
    await ended;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // not listening yet
  }
}
