import { contactsByVariant, readActiveHours, readFacts, type FactsQuery, type FactsRow, type SystemQueries } from '@parley/data';
import {
  DomainError,
  judge,
  mediaOf,
  normalizeLanguage,
  numberVariants,
  reachContact,
  readRecipient,
  type AcceptanceFacts,
  type ActiveHours,
  type AskedRecipient,
  type ConsentRecord,
  type MediaFact,
  type TemplateDefinition,
  type Verdict,
} from '@parley/domain';
import type { AcceptanceRequest } from './acceptance-request.js';
import type { TemplateDefinitions } from './template-definitions.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What is known of one request, and what follows from it. */
export interface Judged {
  row: FactsRow;
  template: TemplateDefinition | null;
  /** Null where the key of the request is taken: the answer is there already. */
  verdict: Verdict | null;
}

/**
 * All of acceptance but its last statement: reads the facts of a set and judges each request by them. By position.
 * A dry run ends here.
 */
export async function judgeSet(
  db: SystemQueries,
  requests: readonly AcceptanceRequest[],
  templates: TemplateDefinitions,
): Promise<Judged[]> {
  const asked = requests.map(({ draft }) => readRecipient(draft));
  const rows = await readAllFacts(db, requests, asked);
  await templates.load(db, rows.map((row, at) => ({ tenantId: requests[at]!.tenantId, row })));
  const hours = await hoursOf(db, requests, rows);
  return requests.map(({ draft }, at) => {
    const row = rows[at]!;
    const facts = { ...factsOf(row, asked[at]!, templates.of(row)), ...exemptionOf(requests[at]!), activeHours: hours.get(at) ?? null };
    return { row, template: facts.template, verdict: row.keyTaken ? null : withContact(judge(draft, facts), row) };
  });
}

/**
 * The facts of each request. Who is nobody's number in the form that was asked for may be somebody's in another one; the message
 * still goes to the number as it was asked for.
 */
async function readAllFacts(db: SystemQueries, requests: readonly AcceptanceRequest[], asked: readonly AskedRecipient[]): Promise<FactsRow[]> {
  const rows = await readFacts(db, requests.map((request, at) => factsQuery(request, asked[at]!)));
  const strangers = [...rows.keys()].filter((at) => rows[at]!.contactId === null && numberVariants(phoneOf(asked[at]!)).length > 0);
  if (strangers.length === 0) return rows;
  const found = await contactsByVariant(db, strangers.map((at) => ({ tenantId: requests[at]!.tenantId, phone: phoneOf(asked[at]!) })));
  const known = strangers.flatMap((at, place) => (found[place] ? [{ at, contactId: found[place] }] : []));
  if (known.length === 0) return rows;
  const again = await readFacts(db, known.map(({ at, contactId }) => factsQuery(requests[at]!, { contactId })));
  for (const [place, { at }] of known.entries()) rows[at] = again[place]!;
  return rows;
}

const phoneOf = (asked: AskedRecipient): string => ('phone' in asked ? asked.phone : '');

/** When the recipients of those drafts read and answer that are to leave at the best time, by position. */
async function hoursOf(db: SystemQueries, requests: readonly AcceptanceRequest[], rows: readonly FactsRow[]): Promise<ReadonlyMap<number, ActiveHours>> {
  const people = requests.flatMap(({ tenantId, draft }, at) => {
    const { contactId } = rows[at]!;
    return draft.sendAt === 'best' && contactId !== null ? [{ at, tenantId, numberId: draft.numberId, contactId }] : [];
  });
  const hours = await readActiveHours(db, people);
  return new Map(people.map(({ at }, place) => [at, hours[place]!]));
}

/** Who is in no contact list has agreed to nothing. */
function withContact(verdict: Verdict, { contactId }: FactsRow): Verdict {
  if (!verdict.ok || contactId !== null) return verdict;
  return { ok: false, rule: 'consent', error: new DomainError('consent.missing') };
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

function factsOf(row: FactsRow, asked: AskedRecipient, template: TemplateDefinition | null): AcceptanceFacts {
  const { numberId, accountId, numberStatus } = row;
  return {
    tenantModuleEnabled: row.moduleEnabled,
    number:
      numberId === null
        ? null
        : { id: numberId, accountId: accountId!, state: numberStatus! },
    recipient: recipientOf(asked, row),
    template,
    consents: (row.consents ?? []).map(({ decidedAt, ...record }) => ({ ...record, decidedAt: new Date(decidedAt) }) as ConsentRecord),
    windowOpenUntil: row.windowOpenUntil,
    lastInboundAt: row.lastInboundAt,
    media: (row.media ?? []) satisfies MediaFact[],
    now: row.now,
  };
}

/** The confirmation of a STOP goes out against it, while the window is open; nothing else comes from there. */
function exemptionOf({ source }: AcceptanceRequest): Partial<AcceptanceFacts> {
  return source === 'consent' ? { consents: [] } : {};
}

function recipientOf(asked: AskedRecipient, { contactId, contactAddresses }: FactsRow): string | DomainError {
  if ('refusal' in asked) return asked.refusal;
  if ('phone' in asked) return asked.phone;
  const { wa_id: waId = null, phone = null, bsuid = null } = contactAddresses ?? {};
  return reachContact({ known: contactId !== null, waId, phone, userId: bsuid });
}
