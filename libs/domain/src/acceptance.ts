import { type ConsentPurpose, type ConsentRecord, consentVerdict, purposeOf } from './consent.js';
import { displayContent } from './display-content.js';
import {
  ConversationClosed,
  DomainError,
  type FieldError,
  MessageNotDeliverable,
  TemplateNotApproved,
  TemplateValidation,
} from './domain-error.js';
import type { ErrorCode } from './errors.js';
import type { JsonObject } from './json.js';
import { type Lane, laneOf } from './lane.js';
import { type MediaFact, mediaFault } from './media-content.js';
import type { MessageSender } from './message.js';
import {
  checkSessionContent,
  graphSessionContent,
  mediaOf,
  type OutboundContent,
  storedSessionContent,
} from './outbound-content.js';
import type { RecipientNames } from './recipient.js';
import { type ActiveHours, checkSchedule, departing, type Schedule } from './schedule.js';
import type { TemplateDefinition } from './template.js';
import { checkTemplateParameters } from './template-check.js';
import { renderTemplate, toGraphComponents } from './template-rendering.js';
import { findInvalidText } from './text.js';
import { isBusinessScopedId } from './webhook-event.js';

/** A message before it is accepted. The tenant is not part of it: it comes with the authenticated context. */
export type MessageDraft = OutboundContent &
  RecipientNames &
  Schedule & {
    numberId: string;
    sender: MessageSender;
    /** Meta's id of the message that this one answers. */
    replyToWamid?: string | null;
    /** The tenant's own ids. */
    customerId?: string | null;
    orderId?: string | null;
    quoteId?: string | null;
    userId?: string | null;
  };

/** What the database knows about a draft at the moment of acceptance. */
export interface AcceptanceFacts {
  tenantModuleEnabled: boolean;
  /** Null when the tenant has no such number. A hold does not refuse a message: it waits, and says why. */
  number: {
    id: string;
    accountId: string;
    state: string;
  } | null;
  /** E.164 or a business-scoped user id; or why the draft names nobody who can be reached. */
  recipient: string | DomainError;
  /** The template of the draft's name and language in the number's account; null when there is none. */
  template: TemplateDefinition | null;
  /** Those for every number, and those for this one. */
  consents: readonly ConsentRecord[];
  /** Null when the contact never wrote. */
  windowOpenUntil: Date | null;
  /** The customer's last message to the number, which opened the window. */
  lastInboundAt?: Date | null;
  /** The tenant's own among the media that the draft names. */
  media: readonly MediaFact[];
  /** When the recipient reads and answers; needed for `sendAt: 'best'` only. */
  activeHours?: ActiveHours | null;
  /** The database's time. */
  now: Date;
}

/** The checks in their order; timelines name the one that refused. */
export const ACCEPTANCE_RULES = [
  'tenant',
  'number',
  'recipient',
  'consent',
  'window',
  'template',
  'parameters',
  'media',
  'schedule',
] as const;

export type AcceptanceRule = (typeof ACCEPTANCE_RULES)[number];

export interface AcceptedVerdict {
  ok: true;
  lane: Lane;
  purpose: ConsentPurpose;
  /** E.164, or a business-scoped user id. */
  recipient: string;
  /** Our ids of the media that it carries. */
  mediaIds: readonly string[];
  /** Stored as the content of the message and never changed. */
  content: JsonObject;
  displayContent: string;
  /** `type` and the member of that name of the request to Meta. */
  graphContent: JsonObject & { type: string };
  /** Null: at once. */
  sendAt: Date | null;
  /** From then on; null: as long as is usual. */
  validSeconds: number | null;
}

export interface RefusedVerdict {
  ok: false;
  rule: AcceptanceRule;
  error: DomainError;
}

export type Verdict = AcceptedVerdict | RefusedVerdict;

/** The state in which Meta lets a number send. */
export const SENDABLE_NUMBER_STATE = 'CONNECTED';

type Check = (draft: MessageDraft, facts: AcceptanceFacts) => DomainError | null;

const CHECKS: Readonly<Record<AcceptanceRule, Check>> = {
  tenant: (_, facts) => (facts.tenantModuleEnabled ? null : new DomainError('module.disabled')),
  number: checkNumber,
  recipient: (_, { recipient }) => (typeof recipient === 'string' ? null : recipient),
  consent: checkConsent,
  window: (draft, facts) =>
    draft.kind === 'template' || isWindowOpen(facts) ? null : new ConversationClosed(facts.windowOpenUntil),
  template: checkTemplate,
  parameters: checkParameters,
  media: checkMedia,
  schedule: (draft, { now }) => {
    const errors = checkSchedule(draft, now);
    return errors.length === 0 ? null : new DomainError('request.invalid', undefined, { errors });
  },
};

/**
 * The one pipeline of checks, for every way in: single, batch, campaign, dry run, broker, automation. Pure: the same
 * draft and facts give the same verdict.
 */
export function judge(draft: MessageDraft, facts: AcceptanceFacts): Verdict {
  for (const rule of ACCEPTANCE_RULES) {
    const error = CHECKS[rule](draft, facts);
    if (error) return { ok: false, rule, error };
  }
  const { content, graphContent } = contentOf(draft, facts);
  const category = draft.kind === 'template' ? (facts.template?.category ?? null) : null;
  const purpose = purposeOf(category ?? 'session');
  return {
    ok: true,
    ...departing(draft, purpose, facts.activeHours ?? null, facts.now),
    lane: laneOf({ kind: draft.kind, templateCategory: category, windowOpen: isWindowOpen(facts) }),
    purpose,
    // The recipient's check has passed.
    recipient: facts.recipient as string,
    mediaIds: [...new Set(mediaOf(draft).map(({ id }) => id.toLowerCase()))],
    content,
    displayContent: displayContent(draft.kind, content),
    graphContent,
  };
}

function isWindowOpen({ windowOpenUntil, now }: AcceptanceFacts): boolean {
  return windowOpenUntil !== null && windowOpenUntil > now;
}

function checkNumber({ numberId }: MessageDraft, { number }: AcceptanceFacts): DomainError | null {
  if (!number) {
    const error: FieldError = {
      pointer: '/numberId',
      code: 'number.not-found',
      detail: 'No such number is connected.',
    };
    return new DomainError('number.not-found', error.detail, { errors: [error], context: { numberId } });
  }
  if (number.state === SENDABLE_NUMBER_STATE) return null;
  return new DomainError('number.not-sendable', `The number is ${number.state}.`, { context: { numberId } });
}

/** Without its template the purpose of a message is not known; the template's own check refuses it then. */
function checkConsent(draft: MessageDraft, facts: AcceptanceFacts): DomainError | null {
  if (draft.kind === 'template' && !facts.template) return null;
  const purpose = purposeOf(draft.kind === 'template' && facts.template ? facts.template.category : 'session');
  const windowOpen = isWindowOpen(facts);
  const verdict = consentVerdict(facts.consents, purpose, { windowOpen, lastInboundAt: facts.lastInboundAt ?? null });
  if (verdict.ok) return null;
  // Nobody consents to service but by writing: what is missing then is the window, and that check says so better.
  if (verdict.code === 'consent.missing' && purpose === 'service') return null;
  return new DomainError(verdict.code, undefined, { context: { purpose } });
}

function checkTemplate(draft: MessageDraft, { template, recipient }: AcceptanceFacts): DomainError | null {
  if (draft.kind !== 'template') return null;
  if (!template) {
    const detail = 'The account of this number has no template of this name and language.';
    return new DomainError('template.not-found', detail, {
      errors: [{ pointer: '/template/name', code: 'template.not-found', detail }],
    });
  }
  const { name, language, status, category } = template;
  if (status !== 'APPROVED') return new TemplateNotApproved(name, language, status);
  return category === 'AUTHENTICATION' && isBusinessScopedId(recipient as string) ? codeNeedsPhone() : null;
}

/** Meta's code 131062. */
function codeNeedsPhone(): DomainError {
  const detail = 'WhatsApp sends one-time codes to phone numbers only, and the phone number of this contact is not known.';
  return new MessageNotDeliverable(detail, { errors: [{ pointer: '/contactId', code: 'recipient.phone-needed', detail }] });
}

function checkParameters(draft: MessageDraft, { template }: AcceptanceFacts): DomainError | null {
  const invalid = findInvalidText(draft);
  if (invalid !== null) {
    const pointer = invalid.replace(/^\/content/, `/${draft.kind}`).replace('/replyToWamid', '/replyTo');
    const detail = 'U+0000 and half surrogate pairs cannot be stored.';
    return new DomainError('text.invalid-character', detail, {
      errors: [{ pointer, code: 'text.invalid-character', detail }],
    });
  }
  if (draft.kind === 'template') {
    const errors = template ? checkTemplateParameters(template, draft.content.parameters) : [];
    return errors.length > 0 ? new TemplateValidation(errors) : null;
  }
  if (draft.kind === 'reaction' && (draft.replyToWamid ?? null) !== null) return reactionAnswers();
  const errors = checkSessionContent(draft);
  return errors.length > 0 ? refusal('request.invalid', errors) : null;
}

function reactionAnswers(): DomainError {
  const detail = 'A reaction names its message by messageId; WhatsApp takes no replyTo with it.';
  return refusal('request.invalid', [{ pointer: '/replyTo', code: 'content.no-reply-context', detail }]);
}

/** A media of another tenant is as missing as one that never was. */
function checkMedia(draft: MessageDraft, { media }: AcceptanceFacts): DomainError | null {
  for (const reference of mediaOf(draft)) {
    const fault = mediaFault(reference, media);
    if (fault) return refusal(fault.code, [{ ...fault, pointer: reference.pointer }]);
  }
  return null;
}

/** Several faults are told one by one below the title of their code. */
function refusal(code: ErrorCode, errors: readonly FieldError[]): DomainError {
  return new DomainError(code, errors.length === 1 ? errors[0]?.detail : undefined, { errors });
}

function contentOf(draft: MessageDraft, facts: AcceptanceFacts): Pick<AcceptedVerdict, 'content' | 'graphContent'> {
  if (draft.kind !== 'template') return { content: storedSessionContent(draft), graphContent: graphSessionContent(draft) };
  // The template's check has passed, so the template is there.
  const template = facts.template as TemplateDefinition;
  const { parameters = {} } = draft.content;
  const rendered = renderTemplate(template, parameters);
  const { name, language } = template;
  return {
    content: {
      name,
      language,
      parameters: parameters as JsonObject,
      text: [rendered.header, rendered.body].filter((part) => part).join(' · '),
    },
    graphContent: {
      type: 'template',
      template: { name, language: { code: language }, components: toGraphComponents(template, parameters) },
    },
  };
}
