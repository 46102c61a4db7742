import {
  insertMessages,
  readKeptAnswers,
  type AcceptedRow,
  type FactsRow,
  type KeptAnswer,
  type NewMessage,
  type SystemQueries,
} from '@parley/data';
import { DomainError, laneOf, maxAttempts, retryPolicyOf, type AcceptedVerdict, type TemplateCategory, type TenantId } from '@parley/domain';
import type { AcceptanceRequest, AcceptanceResult, Arrived } from './acceptance-request.js';
import { judgeSet } from './judge-set.js';
import { presume } from './presume.js';
import type { TemplateDefinitions } from './template-definitions.js';

/**
 * Accepts one set, by position. What passes by presumption is written at once, in the statement that proves it; the rest
 * is judged by its facts, and written if it passes. Those who lost their key get the winner's answer.
 */
export async function acceptSet(
  db: SystemQueries,
  requests: readonly Arrived[],
  templates: TemplateDefinitions,
  validSeconds: number,
): Promise<AcceptanceResult[]> {
  const set = new AcceptanceSet(db, requests, templates, validSeconds);
  await set.writePresumed();
  await set.writeJudged();
  await set.replayLosers();
  // Who lost no key and was not written lost a race: consent, window or template changed between judging and writing.
  await set.writeJudged();
  return set.results();
}

class AcceptanceSet {
  private readonly settled: (AcceptanceResult | undefined)[];
  /** The set is sorted by key; ids rise in the order of arrival. */
  private readonly inOrder: readonly number[];

  constructor(
    private readonly db: SystemQueries,
    private readonly requests: readonly Arrived[],
    private readonly templates: TemplateDefinitions,
    private readonly validSeconds: number,
  ) {
    this.settled = new Array<AcceptanceResult | undefined>(requests.length);
    this.inOrder = [...requests.keys()].sort((a, b) => requests[a]!.arrival - requests[b]!.arrival);
  }

  results(): AcceptanceResult[] {
    return this.settled.map((result) => result ?? { ok: false, error: askAgain() });
  }

  async writePresumed(): Promise<void> {
    const rows = new RowsOfSet();
    // What is judged later is written later: no message of the same number may overtake it.
    const late = new Set<string>();
    for (const [place, at] of this.inOrder.entries()) {
      const request = this.requests[at]!;
      const { numberId } = request.draft;
      const presumed = late.has(numberId) ? null : presume(request.draft, this.templates);
      if (!presumed) {
        late.add(numberId);
        continue;
      }
      const { verdict, template } = presumed;
      const facts = { contactId: null, templateId: template?.definition.id ?? null, templateVersion: template?.version ?? null };
      rows.add(request, () => newMessage(request, verdict, facts, template?.definition.category ?? null, place, this.validSeconds));
    }
    await this.write(rows);
  }

  async writeJudged(): Promise<void> {
    const open = [...this.inOrder.entries()].filter(([, at]) => this.settled[at] === undefined);
    if (open.length === 0) return;
    const judged = await judgeSet(this.db, open.map(([, at]) => this.requests[at]!), this.templates);
    const rows = new RowsOfSet();
    for (const [turn, [place, at]] of open.entries()) {
      const request = this.requests[at]!;
      const { row, template, verdict } = judged[turn]!;
      if (!verdict) continue;
      if (!verdict.ok) this.settled[at] = { ok: false, error: verdict.error };
      else rows.add(request, () => newMessage(request, verdict, row, template?.category ?? null, place, this.validSeconds));
    }
    await this.write(rows);
  }

  async replayLosers(): Promise<void> {
    const losers = [...this.requests.keys()].filter((at) => this.settled[at] === undefined && this.requests[at]!.idempotencyKey !== null);
    if (losers.length === 0) return;
    const keys = losers.map((at) => this.requests[at]!).map(({ tenantId, source, idempotencyKey }) => ({ tenantId, source, key: idempotencyKey! }));
    try {
      const answers = await readKeptAnswers(this.db, keys);
      const kept = new Map(answers.map((answer) => [keyText(answer.tenantId, answer.source, answer.key), answer]));
      for (const at of losers) {
        const request = this.requests[at]!;
        const answer = kept.get(keyOf(request)!);
        if (answer) this.settled[at] = replay(request, answer);
      }
    } catch (error) {
      // The others of the set are committed: this is the trouble of those who lost their key alone.
      if (!(error instanceof DomainError)) throw error;
      for (const at of losers) this.settled[at] = { ok: false, error };
    }
  }

  private async write(rows: RowsOfSet): Promise<void> {
    if (rows.isEmpty) return;
    for (const { arrival, lateMs, ...message } of await insertMessages(this.db, rows.sorted())) {
      this.settled[this.inOrder[arrival]!] = { ok: true, message, replayed: false, lateMs };
    }
  }
}

/** The rows of one statement: one for each key, in the order of the keys. */
class RowsOfSet {
  private readonly rows: NewMessage[] = [];
  private readonly keys = new Set<string>();

  get isEmpty(): boolean {
    return this.rows.length === 0;
  }

  add(request: AcceptanceRequest, row: () => NewMessage): void {
    const key = keyOf(request);
    if (key !== null && this.keys.has(key)) return;
    if (key !== null) this.keys.add(key);
    this.rows.push(row());
  }

  sorted(): NewMessage[] {
    return this.rows.sort(compareKeys);
  }
}

/** Twice something changed between judging and writing, or the key's 72 hours ended just now: asking again is right. */
function askAgain(): DomainError {
  return new DomainError('idempotency.in-progress', undefined, { retryAfterSeconds: 1 });
}

function replay(request: AcceptanceRequest, kept: KeptAnswer): AcceptanceResult {
  if (!kept.requestHash.equals(request.requestHash)) return { ok: false, error: new DomainError('idempotency.key-reused') };
  const { source: _source, key: _key, requestHash: _hash, ...message } = kept;
  return { ok: true, message: message satisfies AcceptedRow, replayed: true, lateMs: null };
}

// Two sets that meet the same keys must meet them in the same order.
function compareKeys(a: NewMessage, b: NewMessage): number {
  const [left, right] = [`${a.tenantId} ${a.key}`, `${b.tenantId} ${b.key}`];
  return left < right ? -1 : left > right ? 1 : a.arrival - b.arrival;
}

const keyText = (tenantId: string, source: string, key: string) => `${tenantId} ${source} ${key}`;

function keyOf({ tenantId, source, idempotencyKey }: AcceptanceRequest): string | null {
  return idempotencyKey === null ? null : keyText(tenantId, source, idempotencyKey);
}

function newMessage(
  { tenantId, draft, source, idempotencyKey, requestHash }: AcceptanceRequest,
  verdict: AcceptedVerdict,
  facts: Pick<FactsRow, 'contactId' | 'templateId' | 'templateVersion'>,
  templateCategory: TemplateCategory | null,
  arrival: number,
  validSeconds: number,
): NewMessage {
  return {
    tenantId: tenantId satisfies TenantId,
    numberId: draft.numberId,
    contactId: facts.contactId,
    sender: draft.sender,
    kind: draft.kind,
    content: JSON.stringify(verdict.content),
    payload: JSON.stringify(verdict.graphContent),
    displayContent: verdict.displayContent,
    recipient: verdict.recipient,
    lane: verdict.lane,
    laneInWindow: laneOf({ kind: draft.kind, templateCategory, windowOpen: true }),
    purpose: verdict.purpose,
    templateId: draft.kind === 'template' ? facts.templateId : null,
    templateVersion: facts.templateVersion,
    replyToWamid: draft.replyToWamid ?? null,
    mediaIds: verdict.mediaIds,
    maxAttempts: maxAttempts(retryPolicyOf(draft.kind)),
    sendAt: verdict.sendAt,
    validSeconds: verdict.validSeconds ?? validSeconds,
    customerId: draft.customerId ?? null,
    orderId: draft.orderId ?? null,
    quoteId: draft.quoteId ?? null,
    userId: draft.userId ?? null,
    source,
    key: idempotencyKey,
    requestHash,
    arrival,
  };
}
