import { type ConsentPurpose, type ConsentRecord, consentVerdict, purposeOf } from './consent.js';
import { displayContent } from './display-content.js';
import {
  ConversationClosed,
  DomainError,
  type FieldError,
  TemplateNotApproved,
  TemplateValidation,
} from './domain-error.js';
import type { JsonObject } from './json.js';
import { type Lane, laneOf } from './lane.js';
import type { MessageSender } from './message.js';
import { parsePhone } from './phone.js';
import type { TemplateDefinition } from './template.js';
import { checkTemplateParameters } from './template-check.js';
import type { TemplateParameters } from './template-parameters.js';
import { renderTemplate, toGraphComponents } from './template-rendering.js';
import { findInvalidText } from './text.js';

/** Meta: characters of a text message. */
export const TEXT_BODY_LIMIT = 4096;

export interface TextContent {
  body: string;
  previewUrl?: boolean;
}

export interface TemplateContent {
  name: string;
  language: string;
  parameters?: TemplateParameters;
}

/** Kind and content of what is to be sent. A further kind is a further member here and a case in `contentOf`. */
export type OutboundContent = { kind: 'text'; content: TextContent } | { kind: 'template'; content: TemplateContent };

/** A message before it is accepted. The tenant is not part of it: it comes with the authenticated context. */
export type MessageDraft = OutboundContent & {
  numberId: string;
  /** As given; `judge` makes it E.164. */
  to: string;
  sender: MessageSender;
  /** The tenant's own ids. */
  customerId?: string | null;
  orderId?: string | null;
  quoteId?: string | null;
  userId?: string | null;
};

/** What the database knows about a draft at the moment of acceptance. */
export interface AcceptanceFacts {
  tenantModuleEnabled: boolean;
  /** Null when the tenant has no such number. A pause does not refuse a message: it waits, and says why. */
  number: {
    id: string;
    accountId: string;
    state: string;
    pausedUntil: Date | null;
    pauseReason: string | null;
  } | null;
  /** The template of the draft's name and language in the number's account; null when there is none. */
  template: TemplateDefinition | null;
  consents: readonly ConsentRecord[];
  /** Null when the contact never wrote. */
  windowOpenUntil: Date | null;
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
] as const;

export type AcceptanceRule = (typeof ACCEPTANCE_RULES)[number];

export interface AcceptedVerdict {
  ok: true;
  lane: Lane;
  purpose: ConsentPurpose;
  /** E.164. */
  recipient: string;
  /** Stored as the content of the message and never changed. */
  content: JsonObject;
  displayContent: string;
  /** `type` and the member of that name of the request to Meta. */
  graphContent: JsonObject & { type: string };
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
  recipient: checkRecipient,
  consent: checkConsent,
  window: (draft, facts) =>
    draft.kind === 'template' || isWindowOpen(facts) ? null : new ConversationClosed(facts.windowOpenUntil),
  template: checkTemplate,
  parameters: checkParameters,
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
  return {
    ok: true,
    lane: laneOf({ kind: draft.kind, templateCategory: category, windowOpen: isWindowOpen(facts) }),
    purpose: purposeOf(category ?? 'session'),
    recipient: parsePhone(draft.to),
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

function checkRecipient({ to }: MessageDraft): DomainError | null {
  try {
    parsePhone(to);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

/** Without its template the purpose of a message is not known; the template's own check refuses it then. */
function checkConsent(draft: MessageDraft, facts: AcceptanceFacts): DomainError | null {
  if (draft.kind === 'template' && !facts.template) return null;
  const purpose = purposeOf(draft.kind === 'template' && facts.template ? facts.template.category : 'session');
  const windowOpen = isWindowOpen(facts);
  const verdict = consentVerdict(facts.consents, purpose, { windowOpen });
  if (verdict.ok) return null;
  // Nobody consents to service but by writing: what is missing then is the window, and that check says so better.
  if (verdict.code === 'consent.missing' && purpose === 'service') return null;
  return new DomainError(verdict.code, undefined, { context: { purpose } });
}

function checkTemplate(draft: MessageDraft, { template }: AcceptanceFacts): DomainError | null {
  if (draft.kind !== 'template') return null;
  if (!template) {
    const detail = 'The account of this number has no template of this name and language.';
    return new DomainError('template.not-found', detail, {
      errors: [{ pointer: '/template/name', code: 'template.not-found', detail }],
    });
  }
  const { name, language, status } = template;
  return status === 'APPROVED' ? null : new TemplateNotApproved(name, language, status);
}

function checkParameters(draft: MessageDraft, { template }: AcceptanceFacts): DomainError | null {
  const invalid = findInvalidText(draft);
  if (invalid !== null) {
    const pointer = invalid.replace(/^\/content/, `/${draft.kind}`);
    const detail = 'U+0000 and half surrogate pairs cannot be stored.';
    return new DomainError('text.invalid-character', detail, {
      errors: [{ pointer, code: 'text.invalid-character', detail }],
    });
  }
  if (draft.kind === 'text') return checkTextBody(draft.content);
  const errors = template ? checkTemplateParameters(template, draft.content.parameters) : [];
  return errors.length > 0 ? new TemplateValidation(errors) : null;
}

function checkTextBody({ body }: TextContent): DomainError | null {
  const detail =
    body.trim() === ''
      ? 'The text must not be empty.'
      : body.length > TEXT_BODY_LIMIT
        ? `The text has ${body.length} characters; at most ${TEXT_BODY_LIMIT} are possible.`
        : null;
  if (detail === null) return null;
  return new DomainError('request.invalid', detail, {
    errors: [{ pointer: '/text/body', code: 'text.length-invalid', detail }],
  });
}

function contentOf(draft: MessageDraft, facts: AcceptanceFacts): Pick<AcceptedVerdict, 'content' | 'graphContent'> {
  if (draft.kind === 'text') {
    const { body, previewUrl = false } = draft.content;
    return { content: { body, previewUrl }, graphContent: { type: 'text', text: { body, preview_url: previewUrl } } };
  }
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
