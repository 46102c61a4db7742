import { readKeptAnswers, readNamedTemplates, readNotificationTenant, readSettings, type SystemDb } from '@parley/data';
import {
  checkData,
  chooseLanguage,
  dataAt,
  DomainError,
  isJsonObject,
  localeOf,
  normalizeLanguage,
  notificationType,
  objectOf,
  previewTemplate,
  readSendAt,
  textOf,
  type FieldError,
  type JsonObject,
  type MessageDraft,
  type NotificationMapping,
  type NotificationsSettings,
  type NotificationType,
  type TemplateDefinition,
  type TenantId,
} from '@parley/domain';
import type { AcceptMessages } from '../accept-messages.js';
import type { CustomerDirectory, Customer } from '../lookups/customer-directory.js';
import { definitionOf } from '../template-definitions.js';
import type { Expressions } from './expressions.js';
import { findRecipient, type FoundRecipient } from './find-recipient.js';
import { hashOfNotification, type NotificationOutcome, type NotificationPreview, type NotificationRequest } from './notification-request.js';
import { renderMapping, type RenderedMapping } from './render-mapping.js';

export interface AcceptNotificationsParts {
  readonly db: SystemDb;
  readonly acceptance: Pick<AcceptMessages, 'accept' | 'dryRun'>;
  readonly customers: CustomerDirectory;
  readonly expressions: Expressions;
}

/** How one event is to be told, as the tenant's settings stand. */
interface Plan {
  readonly request: NotificationRequest;
  readonly type: NotificationType;
  readonly settings: NotificationsSettings;
  readonly mapping: NotificationMapping;
  readonly numberId: string;
  readonly timeZone: string;
  /** The template in each of its languages. */
  readonly templates: readonly TemplateDefinition[];
  /** What is wrong with the data of the event. */
  readonly faults: readonly FieldError[];
}

interface Composed {
  readonly language: string;
  readonly rendered: RenderedMapping;
}

const OWN_ID_LENGTH = 128;

/**
 * Makes template messages of events of a tenant's business, by its mapping, and gives them to the one acceptance that all
 * messages pass. The event id is the key: an event is one message, however often it is told.
 */
export class AcceptNotifications {
  constructor(private readonly parts: AcceptNotificationsParts) {}

  /**
   * @throws notification.not-configured, notification.not-rendered, request.invalid, customer.not-found, lookup.unavailable,
   * and whatever acceptance refuses; idempotency.key-reused for another event under the same id
   */
  async accept(tenantId: TenantId, request: NotificationRequest): Promise<NotificationOutcome> {
    const requestHash = hashOfNotification(request);
    // First: settings, templates and the tenant's own system may have changed since, the answer may not.
    const told = await this.toldBefore(tenantId, request.eventId, requestHash);
    if (told) return told;
    const plan = await this.plan(tenantId, request);
    if (plan.mapping.enabled === false) return { kind: 'skipped', reason: 'switched-off' };
    if (plan.faults.length > 0) throw refusal('request.invalid', plan.faults);
    const recipient = await findRecipient(this.parts, tenantId, plan.type, request);
    const composed = this.compose(plan, recipient.customer);
    if (composed.rendered.faults.length > 0) throw refusal('notification.not-rendered', composed.rendered.faults);
    if (!composed.rendered.isWanted) return { kind: 'skipped', reason: 'condition' };
    const draft = draftOf(plan, recipient, composed);
    const accepted = await this.parts.acceptance
      .accept({ tenantId, draft, source: 'notification', idempotencyKey: request.eventId, requestHash })
      .catch((error: unknown) => {
        throw inTermsOf(error, recipient.pointer);
      });
    return { kind: 'accepted', ...accepted };
  }

  /** What would become of the event, as far as it comes; nothing is written, and no event id is taken. @throws notification.not-configured */
  async preview(tenantId: TenantId, request: NotificationRequest): Promise<NotificationPreview> {
    const plan = await this.plan(tenantId, request);
    const recipient = await findRecipient(this.parts, tenantId, plan.type, request).catch(expected);
    const found = recipient instanceof DomainError ? null : recipient;
    const { language, rendered } = this.compose(plan, found?.customer ?? null);
    const template = plan.templates.find((one) => one.language === language);
    const faults = [...plan.faults, ...(recipient instanceof DomainError ? faultsOf(recipient) : []), ...rendered.faults];
    return {
      skipped: plan.mapping.enabled === false ? 'switched-off' : rendered.isWanted ? null : 'condition',
      numberId: plan.numberId,
      recipient: found?.names ?? null,
      template: plan.mapping.template,
      language,
      parameters: rendered.parameters,
      preview: template && rendered.isWanted ? previewTemplate(template, rendered.parameters) : null,
      faults,
      refusal: found && faults.length === 0 && rendered.isWanted ? await this.refusalOf(tenantId, plan, found, { language, rendered }) : null,
    };
  }

  private async toldBefore(tenantId: TenantId, eventId: string, requestHash: Buffer): Promise<NotificationOutcome | null> {
    const [kept] = await readKeptAnswers(this.parts.db, [{ tenantId, source: 'notification', key: eventId }]);
    if (!kept) return null;
    if (kept.requestHash.equals(requestHash)) return { kind: 'accepted', message: kept, replayed: true };
    throw new DomainError('idempotency.key-reused', 'Another event was told under this eventId.', {
      errors: [{ pointer: '/eventId', code: 'idempotency.key-reused', detail: 'Give each event an id of its own, or repeat it unchanged.' }],
    });
  }

  private async plan(tenantId: TenantId, request: NotificationRequest): Promise<Plan> {
    const { db } = this.parts;
    const [settings, tenant] = await Promise.all([readSettings(db, 'notifications', [tenantId]).then((all) => all.get(tenantId)!), readNotificationTenant(db, tenantId)]);
    const mapping = Object.hasOwn(settings.types, request.type) ? settings.types[request.type] : undefined;
    if (!mapping) throw notConfigured(`Events of the kind ${request.type} are mapped to no template.`);
    const numberId = mapping.numberId ?? settings.numberId ?? tenant?.onlyNumberId ?? null;
    if (numberId === null) throw notConfigured('Several numbers could send it, or none: name one by numberId in the settings.');
    const rows = await readNamedTemplates(db, tenantId, numberId, mapping.template);
    const type = notificationType(request.type);
    const faults = checkData(type.data, request.data ?? {});
    return { request, type, settings, mapping, numberId, timeZone: tenant?.timeZone ?? 'UTC', templates: rows.map(definitionOf), faults };
  }

  private compose(plan: Plan, customer: Customer | null): Composed {
    const language = languageOf(plan, customer);
    const { settings, timeZone } = plan;
    const format = { locale: localeOf(language), timeZone, currency: settings.currency };
    return { language, rendered: renderMapping(this.parts.expressions, plan.mapping, scopeOf(plan.request, language, customer), format) };
  }

  private async refusalOf(tenantId: TenantId, plan: Plan, recipient: FoundRecipient, composed: Composed): Promise<DomainError | null> {
    const request = { tenantId, draft: draftOf(plan, recipient, composed), source: 'notification' as const, idempotencyKey: null, requestHash: Buffer.alloc(0) };
    const [judged] = await this.parts.acceptance.dryRun([request]);
    return judged?.verdict && !judged.verdict.ok ? (inTermsOf(judged.verdict.error, recipient.pointer) as DomainError) : null;
  }
}

/** The recipient's language before the tenant's, and what Meta has approved before what it has not. */
function languageOf({ request, mapping, settings, templates }: Plan, customer: Customer | null): string {
  const approved = new Set(templates.filter(({ status }) => status === 'APPROVED').map(({ language }) => language));
  const offered = mapping.languages.map((language) => ({ language, approved: approved.has(normalizeLanguage(language)) }));
  const wishes = [request.language, textOf(dataAt(request.data, ['customer', 'language'])), customer?.language, settings.defaultLanguage];
  return chooseLanguage(offered, wishes) ?? settings.defaultLanguage;
}

/** What expressions can name: the data of the event, the event itself, and the customer as the tenant's system knows them. */
function scopeOf({ type, eventId, data = {} }: NotificationRequest, language: string, customer: Customer | null): JsonObject {
  const known = Object.fromEntries(Object.entries(customer ?? {}).filter(([, value]) => value !== null)) as JsonObject;
  const isKnown = customer !== null || isJsonObject(data.customer);
  return { event: { id: eventId, type }, language, ...data, ...(isKnown && { customer: { ...known, ...objectOf(data.customer) } }) };
}

function draftOf({ request, type, mapping, numberId }: Plan, { names, customer }: FoundRecipient, { language, rendered }: Composed): MessageDraft {
  const orderId = ownId(dataAt(request.data, type.orderIdAt));
  const customerId = ownId(request.customerId ?? customer?.id);
  return {
    numberId,
    ...names,
    sender: 'app',
    customerId,
    orderId,
    ...(request.sendAt !== undefined && { sendAt: readSendAt(request.sendAt) }),
    ...(rendered.validUntil && { validUntil: rendered.validUntil }),
    ...(mapping.validForSeconds && { validForSeconds: mapping.validForSeconds }),
    kind: 'template',
    content: { name: mapping.template, language, parameters: rendered.parameters },
  } as MessageDraft;
}

function ownId(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= OWN_ID_LENGTH ? value : null;
}

/** A refusal of acceptance with pointers into the event: what the mapping made is the fault of `/type`. */
function inTermsOf(error: unknown, recipientPointer: string): unknown {
  if (!(error instanceof DomainError)) return error;
  const pointerOf = (pointer: string): string => {
    if (/^\/(to|contactId)$/.test(pointer)) return recipientPointer;
    return /^\/(numberId|template|validUntil|validForSeconds)/.test(pointer) ? '/type' : pointer;
  };
  const { errors, context, retryAfterSeconds } = error;
  return new DomainError(error.code, error.detail, {
    errors: errors.map((fault) => ({ ...fault, pointer: pointerOf(fault.pointer) })),
    context,
    cause: error,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

function notConfigured(detail: string): DomainError {
  return new DomainError('notification.not-configured', detail, { errors: [{ pointer: '/type', code: 'notification.not-configured', detail }] });
}

function refusal(code: 'request.invalid' | 'notification.not-rendered', faults: readonly FieldError[]): DomainError {
  return new DomainError(code, faults.length === 1 ? faults[0]?.detail : undefined, { errors: faults });
}

function expected(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  throw error;
}

function faultsOf(error: DomainError): readonly FieldError[] {
  return error.errors.length > 0 ? error.errors : [{ pointer: '/customerId', code: error.code, detail: error.detail }];
}
