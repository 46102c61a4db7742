import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { contextOf, type Context } from './context.js';
import { EXIT, type ExitCode } from './failure.js';
import type { JsonObject } from './json.js';
import { messageBody, type Said } from './message-body.js';
import { onlyNumber } from './numbers.js';
import type { RestClient } from './rest.client.js';
import { printable, type Tone } from './terminal.js';

const POLL_MS = 250;
const DEFAULT_WAIT_SECONDS = 60;
/** READ counts as delivered, and so does what was listened to. */
const DELIVERED: readonly string[] = ['DELIVERED', 'READ', 'PLAYED'];
const LOST: readonly string[] = ['FAILED', 'EXPIRED', 'CANCELLED'];

interface SendFlags extends Said {
  readonly to: string;
  readonly number?: string;
  readonly idempotencyKey?: string;
  readonly wait?: boolean | string;
}

interface Message {
  readonly id: string;
  readonly status: string;
  readonly reason: { readonly code: string; readonly text: string | null } | null;
  readonly error: { readonly code: number | null; readonly text: string | null } | null;
}

/** Sends one message, and waits for what becomes of it where that is asked. */
export async function send(command: Command): Promise<ExitCode> {
  const context = contextOf<SendFlags>(command);
  const { flags, terminal } = context;
  const content = messageBody(flags);
  const api = context.api();
  const numberId = flags.number ?? (await onlyNumber(api)).id;
  const accepted = await api.call<JsonObject & { id: string }>('POST', '/v1/messages', {
    body: { numberId, to: flags.to, ...content },
    headers: { 'idempotency-key': flags.idempotencyKey ?? randomUUID() },
  });
  if (flags.wait === undefined || flags.wait === false) {
    if (terminal.isJson) terminal.json(accepted);
    else
      terminal.line(`${accepted.id}  ${String(accepted['status'])}  ${printable(String(accepted['displayContent']))}`);
    return EXIT.ok;
  }
  if (!terminal.isJson) terminal.note(`${accepted.id} is accepted; waiting`);
  return follow(context, api, accepted.id);
}

/** Shows each status that a message comes to, until it is delivered, lost, or the time is over. */
async function follow({ flags, terminal }: Context<SendFlags>, api: RestClient, id: string): Promise<ExitCode> {
  const seconds = typeof flags.wait === 'string' ? Number(flags.wait) : DEFAULT_WAIT_SECONDS;
  const deadline = performance.now() + seconds * 1_000;
  for (let shown = ''; ; await delay(POLL_MS)) {
    const message = await api.call<Message>('GET', `/v1/messages/${id}`);
    const isOver = DELIVERED.includes(message.status) || LOST.includes(message.status);
    const isLate = !isOver && performance.now() > deadline;
    const line = describe(message);
    if (!terminal.isJson && line !== shown) terminal.line(terminal.paint(toneOf(message.status), (shown = line)));
    if (terminal.isJson && (isOver || isLate)) terminal.json(message);
    if (isLate && !terminal.isJson)
      terminal.note(`Not delivered within ${seconds} s; it may still be: GET /v1/messages/${id}`);
    if (isOver || isLate) return DELIVERED.includes(message.status) ? EXIT.ok : EXIT.notWell;
  }
}

function describe({ status, reason, error }: Message): string {
  const why = [
    reason?.text ?? reason?.code,
    error?.text,
    error?.code == null ? undefined : `Meta's code ${error.code}`,
  ];
  return printable([status, ...why.filter((each) => each !== undefined && each !== null)].join('  '));
}

function toneOf(status: string): Tone {
  if (DELIVERED.includes(status)) return 'green';
  return LOST.includes(status) ? 'red' : 'dim';
}
