import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from 'rabbitmq-client';

interface NodeCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

interface RabbitmqModule {
  rabbitmq(): { path: string } | { path: null; reason: string };
  rabbitmqNode(path: string, options: { dir: string; users: Readonly<Record<string, string>> }): Promise<{ port: number; commands: readonly NodeCommand[] }>;
}

const MODULE = '../../bin/lib/rabbitmq.mjs';
const GUARD = join(import.meta.dirname, 'process-guard.mjs');
const START_TIMEOUT_MS = 60_000;

/** A RabbitMQ of a spec's own, with users whose passwords are their names. */
export class RabbitmqServer {
  private readonly children: ChildProcess[] = [];
  /** Ends what runs when this process is gone, however it ended. */
  private readonly guard = spawn(process.execPath, [GUARD], { stdio: ['pipe', 'ignore', 'ignore'] });

  private constructor(
    readonly port: number,
    private readonly dir: string,
  ) {}

  /** @returns a sentence for people where RabbitMQ cannot be had */
  static async start(...users: readonly string[]): Promise<RabbitmqServer | string> {
    const { rabbitmq, rabbitmqNode } = (await import(MODULE)) as RabbitmqModule;
    const found = rabbitmq();
    if (found.path === null) return found.reason;
    const dir = mkdtempSync(join(tmpdir(), 'parley-rabbitmq-'));
    const { port, commands } = await rabbitmqNode(found.path, { dir, users: Object.fromEntries(users.map((user) => [user, user])) });
    const server = new RabbitmqServer(port, dir);
    try {
      for (const command of commands) await server.run(command);
      await server.waitUntilReady(users[0]!);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  url(user: string, port = this.port): string {
    return `amqp://${user}:${user}@127.0.0.1:${port}/`;
  }

  async stop(): Promise<void> {
    for (const child of this.children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    this.guard.stdin?.end();
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  private async run({ command, args, env }: NodeCommand): Promise<void> {
    const child = spawn(command, args, { env, cwd: this.dir, stdio: 'ignore' });
    await once(child, 'spawn');
    this.children.push(child);
    this.guard.stdin?.write(`${child.pid}\n`);
  }

  private async waitUntilReady(user: string): Promise<void> {
    const connection = new Connection({ url: this.url(user), retryLow: 50, retryHigh: 100, connectionTimeout: 1_000 });
    connection.on('error', () => {}); // refused while it starts
    try {
      await connection.onConnect(START_TIMEOUT_MS, true);
    } finally {
      if (connection.ready) await connection.close();
      else connection.unsafeDestroy();
    }
  }
}
