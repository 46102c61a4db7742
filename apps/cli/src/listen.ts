import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Command } from 'commander';
import { accountToListenTo, CallbackOverride } from './callback-override.js';
import { contextOf } from './context.js';
import { CliFailure, EXIT, type ExitCode } from './failure.js';
import { RestClient } from './rest.client.js';
import { printable, type Terminal } from './terminal.js';
import { WebhookRelay, type Relayed } from './webhook-relay.js';
import { summarize } from './webhook-summary.js';

const TOKEN_BYTES = 24;

interface ListenFlags {
  readonly forwardTo: string;
  readonly waba?: string;
  readonly port: number;
}

/** Brings the webhooks of one account to an address of one's own, until Ctrl-C. */
export async function listen(command: Command): Promise<ExitCode> {
  const context = contextOf<ListenFlags>(command);
  const { flags, terminal, settings } = context;
  const target = targetOf(flags.forwardTo);
  const wabaId = await accountToListenTo(context.simulator(), flags.waba);
  const key = settings.accessToken(wabaId);
  const graph = new RestClient({
    name: 'The simulator',
    url: settings.simulatorUrl,
    key,
    setting: '--simulator-url or PARLEY_SIMULATOR_URL',
  });
  const override = new CallbackOverride(graph, wabaId);
  const verifyToken = randomBytes(TOKEN_BYTES).toString('base64url');
  const relay = new WebhookRelay(target, verifyToken, (relayed) => show(terminal, relayed));
  const url = await relay.listen(flags.port).catch((error: unknown) => {
    throw new CliFailure(EXIT.usage, `--port ${flags.port} cannot be listened on: ${String(error)}`);
  });
  const stopped = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'].map((signal) => once(process, signal)));
  try {
    const before = await override.current();
    await override.put(url, verifyToken);
    if (before !== undefined)
      terminal.note(`The override ${printable(before)} is out of force, also after the end of this.`);
    terminal.note(`Account ${wabaId}: ${url} -> ${target.href} (Ctrl-C ends it)`);
    await stopped;
    await override.remove();
  } finally {
    await relay.close();
  }
  return EXIT.ok;
}

function targetOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new CliFailure(EXIT.usage, `--forward-to is no http address: ${text}`);
}

function show(terminal: Terminal, { bytes, status, durationMs, error }: Relayed): void {
  const at = new Date();
  const summary = summarize(bytes);
  if (terminal.isJson)
    return terminal.json({ at: at.toISOString(), status, durationMs, bytes: bytes.length, summary, error });
  const answer = terminal.paint(status === 200 ? 'green' : 'red', status === null ? 'none' : String(status));
  const time = at.toTimeString().slice(0, 8);
  terminal.line([time, answer, `${durationMs.toFixed(0).padStart(4)} ms`, summary, error ?? ''].join('  ').trimEnd());
}
