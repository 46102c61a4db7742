import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { environment } from './processes.js';
import { waitFor } from './wait-for.js';

const ROOT = join(import.meta.dirname, '..', '..');
const HOOK = join(import.meta.dirname, 'typescript-hook.mjs');
const MAIN = join(ROOT, 'apps', 'cli', 'src', 'main.ts');
const RUN = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--import', HOOK, MAIN];

/** How a command ended. */
export interface CliEnd {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `parley` as a process of its own, from the sources. It sees nothing of the caller's environment but what is given. */
export class ParleyCli {
  out = '';
  err = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;

  private constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [...RUN, ...args], {
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  static start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ParleyCli {
    return new ParleyCli(args, env);
  }

  /** Runs a command to its end. */
  static run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliEnd> {
    return new ParleyCli(args, env).end();
  }

  async end(): Promise<CliEnd> {
    return { code: await this.ended, out: this.out, err: this.err };
  }

  /** Waits for a text on either stream. @throws with all that was said */
  async says(text: string): Promise<void> {
    await waitFor(() => (this.out + this.err).includes(text)).catch(() => {
      throw new Error(`It did not say "${text}" but: ${this.out}${this.err}`);
    });
  }

  /** Ctrl-C. */
  interrupt(): Promise<CliEnd> {
    this.child.kill('SIGINT');
    return this.end();
  }
}
