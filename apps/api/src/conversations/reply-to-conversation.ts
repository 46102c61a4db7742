import { Injectable } from '@nestjs/common';
import { TenantDb, type TenantTx } from '@parley/data';
import { DomainError, isJsonObject, objectOf, suggestTemplates, textOf, type FieldError, type MessageDraft, type TenantId } from '@parley/domain';
import { AcceptMessages, readMessage, requestHashOf, type Acceptance } from '@parley/messaging';
import { Clock } from '@parley/platform';
import type { TenantCaller } from '../auth/index.js';
import { found } from '../http/id.js';
import { definitionOf, templateView, type TemplateView } from '../templates/template.view.js';
import { suggestedTemplateView, type ReplyOptionsView } from './reply.view.js';

/** Meta: free-form answers are possible for 24 hours after the customer's last message. */
const WINDOW_MS = 24 * 60 * 60 * 1_000;
const SUGGESTIONS = 5;
const TEMPLATES_READ = 500;
const USER = 'user:';
/** What the conversation says already. */
const GIVEN = ['numberId', 'to', 'contactId'];

interface Pair {
  phoneNumberId: string;
  contactId: string;
}

/** Answers customers where they wrote. */
@Injectable()
export class ReplyToConversation {
  constructor(
    private readonly db: TenantDb,
    private readonly acceptance: AcceptMessages,
    private readonly clock: Clock,
  ) {}

  /**
   * Accepts an answer as any other message; a person's as `staff`, an app's as `app`.
   * @throws resource.not-found; window.closed with the templates that may be sent instead; what acceptance refuses with
   */
  async reply(caller: TenantCaller, id: string, body: unknown, idempotencyKey: string | null): Promise<Acceptance> {
    const { tenantId } = caller;
    const pair = await this.db.run(tenantId, (tx) => pairOf(tx, tenantId, id));
    const draft = draftOf(caller, pair, body);
    try {
      return await this.acceptance.accept({ tenantId, draft, source: 'api', idempotencyKey, requestHash: requestHashOf(draft) });
    } catch (error) {
      throw error instanceof DomainError && error.code === 'window.closed' ? await this.withSuggestions(tenantId, pair, error) : error;
    }
  }

  /** Whether anything may be sent, until when, and by which templates otherwise. @throws resource.not-found */
  async options(tenantId: TenantId, id: string): Promise<ReplyOptionsView> {
    return this.db.run(tenantId, async (tx) => {
      const pair = await pairOf(tx, tenantId, id);
      // The one that acceptance goes by; what was put away for good keeps no window open.
      const current = await tx.conversation.findFirst({ where: { tenantId, ...pair, state: { not: 'ARCHIVED' } }, select: { lastInboundAt: true } });
      const windowClosesAt = current?.lastInboundAt ? new Date(current.lastInboundAt.getTime() + WINDOW_MS) : null;
      const templates = await suggestionsFor(tx, tenantId, pair);
      return { windowOpen: windowClosesAt !== null && windowClosesAt > this.clock.now(), windowClosesAt, templates: templates.map(suggestedTemplateView) };
    });
  }

  private async withSuggestions(tenantId: TenantId, pair: Pair, closed: DomainError): Promise<DomainError> {
    const templates = await this.db.run(tenantId, (tx) => suggestionsFor(tx, tenantId, pair));
    const suggestedTemplates = templates.map(({ id, name, language }) => ({ id, name, language }));
    const named = suggestedTemplates.map(({ name, language }) => `${name} (${language})`).join(', ');
    const advice = named === '' ? 'This number has no approved template yet.' : `Send an approved template instead: ${named}.`;
    return new DomainError('window.closed', `${closed.detail} ${advice}`, { cause: closed, context: { ...closed.context, suggestedTemplates } });
  }
}

async function pairOf(tx: TenantTx, tenantId: TenantId, id: string): Promise<Pair> {
  const select = { phoneNumberId: true, contactId: true };
  return found(await tx.conversation.findUnique({ where: { tenantId_id: { tenantId, id } }, select }));
}

function draftOf({ kind, actor }: TenantCaller, { phoneNumberId: numberId, contactId }: Pair, body: unknown): MessageDraft {
  // What is no object is refused as such.
  if (!isJsonObject(body)) return readMessage(body);
  const errors = GIVEN.filter((name) => name in body).map((name): FieldError => ({ pointer: `/${name}`, code: 'field.unknown', detail: 'The conversation says it.' }));
  if (errors.length > 0) throw new DomainError('request.invalid', undefined, { errors });
  const draft = readMessage({ ...body, numberId, contactId });
  if (kind === 'api-key') return draft;
  const userId = draft.userId ?? (actor.startsWith(USER) ? actor.slice(USER.length) : undefined);
  return { ...draft, sender: 'staff', userId };
}

async function suggestionsFor(tx: TenantTx, tenantId: TenantId, { phoneNumberId, contactId }: Pair): Promise<TemplateView[]> {
  const { accountId } = found(await tx.phoneNumber.findUnique({ where: { tenantId_id: { tenantId, id: phoneNumberId } }, select: { accountId: true } }));
  const { context } = found(await tx.contact.findUnique({ where: { tenantId_id: { tenantId, id: contactId } }, select: { context: true } }));
  const rows = await tx.template.findMany({ where: { tenantId, accountId, status: 'APPROVED' }, orderBy: { updatedAt: 'desc' }, take: TEMPLATES_READ });
  const candidates = rows.map(templateView).map((view) => ({ ...definitionOf(view), quality: view.quality, view }));
  return suggestTemplates(candidates, textOf(objectOf(context).language)).slice(0, SUGGESTIONS).map(({ view }) => view);
}
