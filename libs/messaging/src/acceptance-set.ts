import {
  insertMessages,
  readFacts,
  readKeptAnswers,
  type AcceptedRow,
  type FactsQuery,
  type FactsRow,
  type KeptAnswer,
  type NewMessage,
  type SystemQueries,
} from '@parley/data';
import {
  DomainError,
  judge,
  maxAttempts,
  mediaOf,
  normalizeLanguage,
  reachContact,
  readRecipient,
  retryPolicyOf,
  type AcceptanceFacts,
  type AcceptedVerdict,
  type AskedRecipient,
  type ConsentRecord,
  type MediaFact,
  type TenantId,
} from '@parley/domain';
import type { AcceptanceRequest, AcceptanceResult, Arrived } from './acceptance-request.js';
import type { TemplateDefinitions } from './template-definitions.js';

const AUTHENTICATION_VALIDITY_SECONDS = 600;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Accepts one set: read the facts, judge, write what passed, and give those who lost their key the winner's answer. By
 * position. What is written is one statement, and so one transaction; the facts before it would not be seen otherwise by
 * an open transaction, which would cost two more round trips.
 */
export async function acceptSet(
  db: SystemQueries,
  requests: readonly Arrived[],
  templates: TemplateDefinitions,
  validSeconds: number,
): Promise<AcceptanceResult[]> {
  const asked = requests.map(({ draft }) => readRecipient(draft));
  const facts = await readFacts(db, requests.map((request, at) => factsQuery(request, asked[at]!)));
  await templates.load(db, facts.map((row, at) => ({ tenantId: requests[at]!.tenantId, row })));

  const results = new Array<AcceptanceResult | undefined>(requests.length);
  // The set is sorted by key; ids rise in the order of arrival.
  const inOrder = [...requests.keys()].sort((a, b) => requests[a]!.arrival - requests[b]!.arrival);
  const rows: NewMessage[] = [];
  const keysOfSet = new Set<string>();
  for (const [place, at] of inOrder.entries()) {
    const request = requests[at]!;
    const row = facts[at]!;
    const key = keyOf(request);
    if (row.keyTaken || (key !== null && keysOfSet.has(key))) continue;
    const verdict = judge(request.draft, factsOf(row, asked[at]!, templates));
    if (!verdict.ok) results[at] = { ok: false, error: verdict.error };
    else if (row.contactId === null) results[at] = { ok: false, error: new DomainError('consent.missing') };
    else {
      if (key !== null) keysOfSet.add(key);
      rows.push(newMessage(request, verdict, row, place, validSeconds));
    }
  }
  if (rows.length > 0) {
    rows.sort(compareKeys);
    for (const { arrival, ...message } of await insertMessages(db, rows)) {
      results[inOrder[arrival]!] = { ok: true, message, replayed: false };
    }
  }
  return replayLosers(db, requests, results);
}

async function replayLosers(
  db: SystemQueries,
  requests: readonly AcceptanceRequest[],
  results: readonly (AcceptanceResult | undefined)[],
): Promise<AcceptanceResult[]> {
  const losers = requests.filter((_, at) => results[at] === undefined);
  const kept = new Map<string, KeptAnswer>();
  if (losers.length > 0) {
    const keys = losers.map(({ tenantId, source, idempotencyKey }) => ({ tenantId, source, key: idempotencyKey! }));
    try {
      for (const answer of await readKeptAnswers(db, keys)) kept.set(keyText(answer.tenantId, answer.source, answer.key), answer);
    } catch (error) {
      // The others of the set are committed: this is the trouble of those who lost their key alone.
      if (!(error instanceof DomainError)) throw error;
      return requests.map((_, at) => results[at] ?? { ok: false, error });
    }
  }
  return requests.map((request, at) => results[at] ?? replay(request, kept.get(keyOf(request)!)));
}

function replay(request: AcceptanceRequest, kept: KeptAnswer | undefined): AcceptanceResult {
  // The key went between two statements: its 72 hours ended just now. Asking again is right.
  if (!kept) return { ok: false, error: new DomainError('idempotency.in-progress', undefined, { retryAfterSeconds: 1 }) };
  if (!kept.requestHash.equals(request.requestHash)) return { ok: false, error: new DomainError('idempotency.key-reused') };
  const { source: _source, key: _key, requestHash: _hash, ...message } = kept;
  return { ok: true, message: message satisfies AcceptedRow, replayed: true };
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

function factsQuery({ tenantId, draft, source, idempotencyKey }: AcceptanceRequest, asked: AskedRecipient): FactsQuery {
  const template = draft.kind === 'template' ? draft.content : null;
  return {
    tenantId,
    numberId: draft.numberId,
    recipient: 'phone' in asked ? asked.phone : null,
    contactId: 'contactId' in asked ? asked.contactId : null,
    templateName: template?.name ?? null,
    templateLanguage: template && normalizeLanguage(template.language),
    // What is no id of ours cannot be looked up, and is then found missing as any other.
    mediaIds: mediaOf(draft).flatMap(({ id }) => (UUID.test(id) ? [id] : [])),
    source,
    key: idempotencyKey,
  };
}

function factsOf(row: FactsRow, asked: AskedRecipient, templates: TemplateDefinitions): AcceptanceFacts {
  const { numberId, accountId, numberStatus } = row;
  return {
    tenantModuleEnabled: row.moduleEnabled,
    number:
      numberId === null
        ? null
        : { id: numberId, accountId: accountId!, state: numberStatus!, pausedUntil: row.pausedUntil, pauseReason: row.pauseReason },
    recipient: recipientOf(asked, row),
    template: templates.of(row),
    consents: (row.consents ?? []) as ConsentRecord[],
    windowOpenUntil: row.windowOpenUntil,
    media: (row.media ?? []) satisfies MediaFact[],
    now: row.now,
  };
}

function recipientOf(asked: AskedRecipient, { contactId, contactAddresses }: FactsRow): string | DomainError {
  if ('refusal' in asked) return asked.refusal;
  if ('phone' in asked) return asked.phone;
  const { phone = null, bsuid = null } = contactAddresses ?? {};
  return reachContact({ known: contactId !== null, phone, userId: bsuid });
}

function newMessage(
  { tenantId, draft, source, idempotencyKey, requestHash }: AcceptanceRequest,
  verdict: AcceptedVerdict,
  facts: FactsRow,
  arrival: number,
  validSeconds: number,
): NewMessage {
  return {
    tenantId: tenantId satisfies TenantId,
    numberId: draft.numberId,
    contactId: facts.contactId!,
    sender: draft.sender,
    kind: draft.kind,
    content: JSON.stringify(verdict.content),
    payload: JSON.stringify(verdict.graphContent),
    displayContent: verdict.displayContent,
    recipient: verdict.recipient,
    lane: verdict.lane,
    purpose: verdict.purpose,
    templateId: draft.kind === 'template' ? facts.templateId : null,
    replyToWamid: draft.replyToWamid ?? null,
    mediaIds: verdict.mediaIds,
    maxAttempts: maxAttempts(retryPolicyOf(draft.kind)),
    validSeconds: verdict.purpose === 'authentication' ? AUTHENTICATION_VALIDITY_SECONDS : validSeconds,
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
