import { GRAPH_ERRORS, graphErrorRow, type GraphErrorRow } from '@parley/domain';
import {
  WhatsAppAuthError,
  WhatsAppError,
  WhatsAppMediaError,
  WhatsAppNetworkError,
  WhatsAppRateLimitError,
  WhatsAppTemplateError,
  WhatsAppWebhookError,
  type GraphClient,
  type SendOutcome,
} from '@parley/graph';
import { graphClient } from '../support/fake-graph.js';
import type { Json } from '../support/rest-client.js';
import { NUMBER, SimulatedMeta, TOKEN, WABA } from '../support/simulated-meta.js';
import { waitFor } from '../support/wait-for.js';

const call = { token: TOKEN };
const ROWS = GRAPH_ERRORS.map((row) => [row.codes.map((code) => [code].flat().join(' to ')).join(', '), row] as const);

/** Codes whose class of error is not that of their row's class. */
const OWN_CLASSES = new Map<number, unknown>([
  [2200, WhatsAppWebhookError],
  [131_052, WhatsAppMediaError],
  [131_053, WhatsAppMediaError],
]);

let meta: SimulatedMeta;
let client: GraphClient;

beforeAll(async () => {
  meta = await SimulatedMeta.start();
  await meta.reset();
  const brisk = { statusDelaysMs: { sent: 1, delivered: 1, read: 1 }, serviceWindow: false, pairLimit: false };
  await meta.control('PUT', '/settings', { ...brisk, throughputLimit: false });
  client = graphClient({ url: meta.url, readTimeoutMs: 5_000 });
}, 30_000);

afterAll(async () => {
  await client.close();
  await meta.stop();
});

const fault = (effect: Json, match: Json): Promise<Json> => meta.control('POST', '/faults', { ...effect, match });

const send = (to = '+40721000001'): Promise<SendOutcome> =>
  client.sendMessage({
    phoneNumberId: NUMBER,
    body: { messaging_product: 'whatsapp', to, type: 'text', text: { body: 'Your table is ready' } },
    ...call,
  });

async function refusalOfAccount(): Promise<WhatsAppError> {
  const error: unknown = await client.getAccount(WABA, call).catch((thrown: unknown) => thrown);
  if (error instanceof WhatsAppError) return error;
  throw new Error('It was not refused', { cause: error });
}

/** The class and the code of ours that a refusal of a call becomes. */
function expected(code: number, row: GraphErrorRow): { type: unknown; code: string } {
  if (row.class === 'throttled') return { type: WhatsAppRateLimitError, code: 'graph.unavailable' };
  if (row.class === 'credential') return { type: WhatsAppAuthError, code: 'credential.invalid' };
  if (row.class === 'retry') return { type: WhatsAppError, code: 'graph.unavailable' };
  const isOfTemplates = code >= 132_000 && code < 133_000;
  const type = OWN_CLASSES.get(code) ?? (isOfTemplates ? WhatsAppTemplateError : WhatsAppError);
  return { type, code: 'graph.refused' };
}

function allOf(row: GraphErrorRow): number[] {
  return row.codes.flatMap((codes) => {
    if (typeof codes === 'number') return [codes];
    return Array.from({ length: codes[1] - codes[0] + 1 }, (_, place) => codes[0] + place);
  });
}

describe.each(ROWS)('%s', (_title, row) => {
  it('is thrown as its class, says what to do, and keeps the token to itself', async () => {
    for (const code of allOf(row)) {
      await fault({ kind: 'error', code }, { path: WABA });
      const error = await refusalOfAccount();
      const due = expected(code, row);
      expect([code, error.constructor, error.code]).toEqual([code, due.type, due.code]);
      const json = error.toJSON();
      expect(json).toMatchObject({
        name: error.name,
        status: error.status,
        retryable: due.code === 'graph.unavailable',
        context: {
          endpoint: 'account',
          graphCode: code,
          whatToDo: row.whatToDo,
          traceId: expect.any(String) as string,
        },
      });
      expect(JSON.stringify(json)).not.toContain(TOKEN);
      if (row.class === 'throttled')
        expect([error.status, error.retryAfterSeconds ?? null]).toEqual([429, row.waitSeconds ?? null]);
    }
  });

  it('ends a send in its class, and pauses what it is about', async () => {
    for (const code of allOf(row)) {
      await fault({ kind: 'error', code }, { phoneNumberId: NUMBER });
      const outcome = await send();
      if (outcome.kind !== 'refused' && outcome.kind !== 'unknown') throw new Error(`${code}: ${outcome.kind}`);
      const isInDoubt = outcome.error!.httpStatus >= 500 && row.class !== 'retry' && row.class !== 'throttled';
      expect([code, outcome.kind]).toEqual([code, isInDoubt ? 'unknown' : 'refused']);
      expect(outcome.error).toMatchObject({ code });
      const kind = isInDoubt ? 'unknown' : row.class;
      expect(outcome.classification).toMatchObject({ class: kind, scope: row.scope, known: true });
    }
    await expect(meta.control('GET', `/ledger/count?phoneNumberId=${NUMBER}`)).resolves.toEqual({ count: 0 });
  });
});

describe('what is no error of Graph', () => {
  it.each([
    ['a bare 502', { kind: 'http', status: 502 }, 'unreadable-answer'],
    ['a page', { kind: 'html', status: 503 }, 'unreadable-answer'],
    ['a reset', { kind: 'reset' }, 'connection-lost'],
  ])('is a network error: %s', async (_, effect, reason) => {
    await fault(effect, { path: WABA });
    const error = await refusalOfAccount();
    expect(error).toBeInstanceOf(WhatsAppNetworkError);
    expect(error).toMatchObject({ reason, status: 502, code: 'graph.unavailable' });
    expect(JSON.stringify(error)).not.toContain(TOKEN);
  });

  it('is throttling with the time that Retry-After says', async () => {
    await fault({ kind: 'too-many-requests', retryAfterSeconds: 7 }, { path: WABA });
    const error = await refusalOfAccount();
    expect(error).toBeInstanceOf(WhatsAppRateLimitError);
    expect(error.retryAfterSeconds).toBe(7);
  });
});

describe('the magic recipients', () => {
  interface MagicRecipient {
    readonly suffix: string;
    readonly kind: string;
    readonly description: string;
  }
  let recipients: readonly (MagicRecipient & { readonly code: number })[];

  beforeAll(async () => {
    const listed = await meta.control<MagicRecipient[]>('GET', '/faults/magic-recipients');
    recipients = listed
      .map((one) => ({ ...one, code: Number.parseInt(one.description, 10) }))
      .filter(({ code }) => Number.isInteger(code));
  });

  it('give every code that answers at once', async () => {
    const atOnce = recipients.filter(({ kind }) => kind === 'error');
    expect(atOnce.length).toBeGreaterThan(50);
    for (const { suffix, code } of atOnce) {
      const outcome = await send(`+40721${suffix}`);
      if (outcome.kind !== 'refused' && outcome.kind !== 'unknown') throw new Error(`${suffix}: ${outcome.kind}`);
      expect([suffix, outcome.error?.code, outcome.classification?.scope]).toEqual([
        suffix,
        code,
        graphErrorRow(code)?.scope,
      ]);
    }
  }, 30_000);

  it('give every code that comes by status', async () => {
    // What comes both ways comes by status after a 9.
    const bothWays = [130_429, 131_048, 131_056].map((code) => ({ suffix: `9${code}`, code }));
    const later = [...recipients.filter(({ kind }) => kind === 'failed'), ...bothWays];
    expect(later.length).toBeGreaterThan(10);
    const codes = new Map<string, number>();
    for (const { suffix, code } of later) {
      const outcome = await send(`+40721${suffix}`);
      if (outcome.kind !== 'accepted') throw new Error(`${suffix}: ${outcome.kind}`);
      codes.set(outcome.wamid, code);
    }
    const failures = (): Map<string, number> => {
      const statuses = meta.told.flatMap(({ value }) => (value['statuses'] ?? []) as FailedStatus[]);
      return new Map(statuses.flatMap(({ id, errors }) => (errors?.[0] ? [[id, errors[0].code]] : [])));
    };
    await waitFor(() => Promise.resolve(failures().size >= codes.size), 10_000);
    expect(failures()).toEqual(codes);
    for (const code of codes.values()) expect(graphErrorRow(code)).toBeDefined();
  }, 30_000);
});

interface FailedStatus {
  readonly id: string;
  readonly errors?: readonly { readonly code: number }[];
}
