/**
 * One run of a command and everything that it started. What was started is written to `.parley/run/<command>-<pid>.json`
 * before anything else happens with it, so that the next command can end what a killed one left behind: by process id
 * and start time, never by name.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_DIR } from './paths.mjs';

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** An error whose text tells the reader all that he needs: printed without a stack. */
export class PlainError extends Error {}

/** When the process started (ticks since boot, or ps' date), or null where it is gone. Tells a reused pid apart. */
export function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : fields[19];
  } catch {
    if (process.platform === 'linux') return null;
  }
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim() || null;
}

const isAlive = ({ pid, start }) => startOf(pid) === start;

async function waitForEnd(entry, timeoutMs) {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(25)) {
    if (!isAlive(entry)) return true;
  }
  return !isAlive(entry);
}

/** Ends one recorded process: its own signal first, SIGKILL after its grace. */
async function end(entry) {
  if (!isAlive(entry)) return;
  process.kill(entry.pid, entry.stopSignal);
  if (await waitForEnd(entry, entry.graceMs)) return;
  process.kill(entry.pid, 'SIGKILL');
  await waitForEnd(entry, 5_000);
}

/** Ends what a run started, in reverse order. Returns false where something of it is on a server that is not named now. */
async function endAll(record) {
  for (const entry of record.processes.toReversed()) await end(entry);
  for (const folder of record.folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  if (record.databases.length === 0) return true;
  if (!process.env.DATABASE_URL) return false;
  const { dropGiven } = await import('./given-server.mjs');
  for (const given of record.databases) await dropGiven(process.env.DATABASE_URL, given);
  return true;
}

function recordsOfOthers() {
  mkdirSync(RUN_DIR, { recursive: true });
  return readdirSync(RUN_DIR)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      try {
        return [{ path: join(RUN_DIR, name), record: JSON.parse(readFileSync(join(RUN_DIR, name), 'utf8')) }];
      } catch {
        return []; // another command just removed it
      }
    });
}

export class Run {
  #record;
  #path;
  #closing = false;
  #atEnd = [];
  #ends = [];

  /**
   * Ends what killed runs left behind and opens a new one.
   * @param {string} command name of the command
   * @param {{single?: boolean}} [options] single: refuse to run beside another run of the same command
   */
  static async open(command, { single = false } = {}) {
    for (const { path, record } of recordsOfOthers()) {
      if (isAlive(record.owner)) {
        if (single && record.command === command) {
          throw new PlainError(
            `bin/${command} runs already in this clone (process ${record.owner.pid}): end that one first.`,
          );
        }
        continue;
      }
      if (await endAll(record)) rmSync(path, { force: true });
    }
    return new Run(command, single);
  }

  constructor(command, single) {
    this.name = `${command}-${process.pid}`;
    this.#path = join(RUN_DIR, `${single ? command : this.name}.json`);
    this.#record = {
      command,
      owner: { pid: process.pid, start: startOf(process.pid) },
      processes: [],
      folders: [],
      databases: [],
    };
    this.#save('wx');
  }

  #save(flag = 'w') {
    writeFileSync(this.#path, JSON.stringify(this.#record), { mode: 0o600, flag });
  }

  /** A folder that is removed when the run is over. */
  temporary(folder) {
    this.#record.folders.push(folder);
    this.#save();
    return folder;
  }

  /** A database on the server of DATABASE_URL, to be dropped when the run is over. */
  database(given) {
    this.#record.databases.push(given);
    this.#save();
  }

  /** Work to do at the end, before the processes are ended; last registered first. */
  atEnd(work) {
    this.#atEnd.push(work);
  }

  /**
   * Starts a process in a session of its own: Ctrl-C reaches this process only, which then ends the others in order.
   * Without a log file the child shares this terminal.
   * @param {string} name
   * @param {string} command
   * @param {string[]} args
   * @param {{env?: NodeJS.ProcessEnv, logFile?: string, uid?: number, gid?: number, cwd?: string, input?: string,
   *   stopSignal?: NodeJS.Signals, graceMs?: number}} options
   */
  async spawn(
    name,
    command,
    args,
    { env = process.env, logFile, uid, gid, cwd, input, stopSignal = 'SIGTERM', graceMs = 15_000 },
  ) {
    if (this.#closing) throw new PlainError('shutting down');
    if (logFile) mkdirSync(dirname(logFile), { recursive: true });
    const output = logFile ? openSync(logFile, 'w', 0o600) : 'inherit';
    const stdio = [input === undefined ? 'ignore' : 'pipe', output, output];
    const child = spawn(command, args, { env, uid, gid, cwd, detached: logFile !== undefined, stdio });
    if (logFile) closeSync(output);
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    this.#record.processes.push({ name, pid: child.pid, start: startOf(child.pid), stopSignal, graceMs });
    this.#save();
    child.stdin?.end(input);
    if (logFile) this.#ends.push(new Promise((resolve) => child.once('exit', () => resolve(name))));
    return child;
  }

  /** The name of the first background process that ends. @returns {Promise<string>} */
  firstToEnd() {
    return Promise.race(this.#ends);
  }

  /** Ends everything that the run started, in reverse order, and forgets the run. */
  async close() {
    this.#closing = true;
    for (const work of this.#atEnd.toReversed()) {
      await work().catch((error) => console.error(`Parley: while ending: ${error.message}`));
    }
    await endAll(this.#record);
    rmSync(this.#path, { force: true });
  }
}

/**
 * Runs a command's main function inside a Run and exits with its code (128 + n after a signal). Whatever happens,
 * what the run started is ended first. A second signal while ending is ignored: each process has a bounded grace.
 * @param {string} command
 * @param {(run: Run) => Promise<number>} main
 * @param {{single?: boolean}} [options]
 */
export async function runCommand(command, main, options) {
  const signalled = new Promise((resolve) => {
    for (const signal of Object.keys(SIGNALS)) process.on(signal, () => resolve(128 + SIGNALS[signal]));
    process.on('uncaughtException', (error) => {
      console.error(error);
      resolve(1);
    });
  });
  let run;
  let code = 1;
  try {
    run = await Run.open(command, options);
    code = await Promise.race([main(run), signalled]);
  } catch (error) {
    console.error(error instanceof PlainError ? `Parley: ${error.message}` : error);
  } finally {
    await run?.close();
  }
  process.exit(code);
}
