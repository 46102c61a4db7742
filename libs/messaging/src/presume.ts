import {
  judge,
  normalizeLanguage,
  purposeOf,
  readRecipient,
  SENDABLE_NUMBER_STATE,
  type AcceptanceFacts,
  type AcceptedVerdict,
  type MessageDraft,
} from '@parley/domain';
import type { CurrentTemplate, TemplateDefinitions } from './template-definitions.js';

/** A draft that passes if what nearly always holds does hold. The statement that writes it proves it. */
export interface Presumed {
  verdict: AcceptedVerdict;
  template: CurrentTemplate | null;
}

/** The window of a session message is open; that of a template does not matter but for its lane, which the statement chooses. */
const NOW = new Date(0);
const LATER = new Date(1);

/**
 * Judges a draft as if its number may send, its recipient agreed, its window were open and its template were still what
 * it was a moment ago: for nearly every message all of that is so, and reading it first would cost an exchange with the
 * database. Null where this is not enough: the template was not seen yet, the recipient is a contact's id, media are
 * named, or the draft is refused even so. What is refused is judged again by its facts, which say why.
 */
export function presume(draft: MessageDraft, templates: TemplateDefinitions): Presumed | null {
  // A schedule is judged by the database's time.
  if (draft.sendAt || draft.validUntil || draft.validForSeconds) return null;
  const recipient = readRecipient(draft);
  if (!('phone' in recipient)) return null;
  const template = draft.kind === 'template' ? templates.current(draft.numberId, draft.content.name, normalizeLanguage(draft.content.language)) : null;
  if (template === undefined) return null;
  const purpose = purposeOf(template?.definition.category ?? 'session');
  const facts: AcceptanceFacts = {
    tenantModuleEnabled: true,
    number: { id: draft.numberId, accountId: '', state: SENDABLE_NUMBER_STATE },
    recipient: recipient.phone,
    template: template?.definition ?? null,
    consents: [{ purpose, status: 'GRANTED' }],
    windowOpenUntil: template ? null : LATER,
    // A draft that names media is refused by this, and so judged by its facts.
    media: [],
    now: NOW,
  };
  const verdict = judge(draft, facts);
  return verdict.ok ? { verdict, template } : null;
}
