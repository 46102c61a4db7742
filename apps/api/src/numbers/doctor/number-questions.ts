import type { AccountNode, GraphClient, HealthStatusNode, PhoneNumberNode, SubscribedApp, TokenInfo } from '@parley/graph';
import type { HoldRow } from '../../holds/hold.view.js';
import type { OpenedNumber } from '../own-numbers.js';

/** What is known here of a number, read once for all checks. */
export interface KnownNumber {
  /** Open ones, what lasts longest first. */
  holds: readonly HoldRow[];
  perSecond: number;
  lastWebhookAt: Date | null;
  accountState: string;
  accountStateReason: string | null;
  templates: number;
  approvedTemplates: number;
  /** Of the newest canary. */
  canary: { startedAt: Date; seenAt: Date | null } | null;
  now: Date;
}

/** Where webhooks ought to go, and for which app. */
export interface OurApp {
  appId: string;
  callbackBase: string;
}

/** The questions to Meta that the checks share: each is asked once, when the first check needs it, and has its own time. */
export class NumberQuestions {
  readonly token: () => Promise<TokenInfo>;
  readonly account: () => Promise<AccountNode>;
  readonly number: () => Promise<PhoneNumberNode>;
  readonly numbers: () => Promise<PhoneNumberNode[]>;
  readonly apps: () => Promise<SubscribedApp[]>;
  readonly health: () => Promise<HealthStatusNode>;

  constructor(
    graph: GraphClient,
    readonly opened: OpenedNumber,
    readonly known: KnownNumber,
    readonly ours: OurApp,
    timeoutMs: number,
  ) {
    const { graphId, wabaId, accessToken: token } = opened;
    const call = () => ({ token, signal: AbortSignal.timeout(timeoutMs) });
    this.token = once(() => graph.debugToken(token, call()));
    this.account = once(() => graph.getAccount(wabaId, call()));
    this.number = once(() => graph.getPhoneNumber(graphId, call()));
    this.numbers = once(() => listed(graph.listPhoneNumbers(wabaId, call())));
    this.apps = once(() => listed(graph.listSubscribedApps(wabaId, call())));
    this.health = once(() => graph.getHealthStatus(graphId, call()));
  }
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

async function listed<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of pages) all.push(one);
  return all;
}
