import { Injectable } from '@nestjs/common';
import { applyTemplateFacts, removal, SystemDb, TenantDb, type VersionOrigin } from '@parley/data';
import {
  answeredAt,
  canonicalComponents,
  DomainError,
  templateCategoryOf,
  templateStatusOf,
  type TemplateFacts,
  type TemplateStatus,
} from '@parley/domain';
import {
  GraphClient,
  WhatsAppError,
  WhatsAppNetworkError,
  type CreatedTemplate,
  type GraphCall,
  type TemplateComponent,
  type TemplateDraft,
  type TemplateNode,
} from '@parley/graph';
import { TemplateChanges } from '@parley/messaging';
import { Clock } from '@parley/platform';
import type { OpenedTemplate, StoredTemplate } from './own-templates.js';
import { templateRefusal } from './template-refusal.js';

/** Longer than any call to Meta: a draft that was marked within this time is being submitted. */
export const SUBMITTING_MS = 60_000;

/** What of a template is to change at Meta. */
export interface TemplateChange {
  category?: string;
  components?: readonly unknown[];
  ttlSeconds?: number;
}

/**
 * Calls to Meta about one template, each followed by what Meta answered. A call whose outcome nobody knows changes nothing
 * here and makes the account's sync due, which finds out.
 * Every method throws credential.invalid, template.refused or graph.unavailable, with nothing changed.
 */
@Injectable()
export class TemplatesAtMeta {
  constructor(
    private readonly graph: GraphClient,
    private readonly system: SystemDb,
    private readonly db: TenantDb,
    private readonly changes: TemplateChanges,
    private readonly clock: Clock,
  ) {}

  /**
   * Submits a draft for review. It is marked before the call, since the webhook of a quick review may come before the answer.
   * @param components of the draft, as Meta takes them
   */
  async create(opened: OpenedTemplate, components: readonly unknown[]): Promise<void> {
    const { row, parameterFormat } = opened;
    await this.markSubmitted(opened);
    const { id, status, category } = await this.submit(opened, {
      name: row.name,
      language: row.language,
      category: row.category,
      parameter_format: parameterFormat.toLowerCase(),
      ...(row.ttlSeconds !== null && { message_send_ttl_seconds: row.ttlSeconds }),
      components: listOfComponents(components),
    });
    // The samples of its media have been sent; Meta never shows them again.
    await this.store(opened, { components: canonicalComponents(components) as object[] });
    const at = this.answerTime(opened, null);
    await this.apply(opened, {
      ...this.silent(opened, id),
      status: { at, value: templateStatusOf(status), reason: null },
      category: { at, value: templateCategoryOf(category), upcoming: null },
    });
  }

  /** Hands Meta what is to change. Its state afterwards is read back; where that fails, it is taken to be under review. */
  async edit(opened: OpenedTemplate, { category, components, ttlSeconds }: TemplateChange, editedAt: readonly Date[]): Promise<void> {
    const { row, parameterFormat: format } = opened;
    const edit = {
      ...(category !== undefined && { category }),
      ...(ttlSeconds !== undefined && { message_send_ttl_seconds: ttlSeconds }),
      ...(components !== undefined && { components: listOfComponents(components) }),
    };
    await this.ask(opened, (call) => this.graph.editTemplate(row.metaId!, edit, call));
    await this.store(opened, { ...(ttlSeconds !== undefined && { ttlSeconds }), submittedAt: this.clock.now(), editedAt: [...editedAt] });
    const node = await this.read(opened);
    const value = components && JSON.stringify(canonicalComponents(components));
    const facts = {
      ...this.silent(opened, row.metaId),
      ...this.stateOf(opened, node, 'PENDING'),
      category: { at: this.answerTime(opened, row.categoryAt), value: templateCategoryOf(node?.category ?? category ?? row.category), upcoming: null },
      components: value === undefined ? null : { at: this.answerTime(opened, row.componentsAt), value, format },
    };
    await this.apply(opened, facts, 'tenant');
  }

  /** Ends a pause of Meta's pacing. */
  async unpause(opened: OpenedTemplate): Promise<void> {
    await this.ask(opened, (call) => this.graph.unpauseTemplate(opened.row.metaId!, call));
    const node = await this.read(opened);
    await this.apply(opened, { ...this.silent(opened, opened.row.metaId), ...this.stateOf(opened, node, 'APPROVED') });
  }

  /** Deletes one language, or the name with all that it has. */
  async remove(opened: OpenedTemplate, removed: readonly OpenedTemplate['row'][], allLanguages: boolean): Promise<void> {
    const { row, wabaId } = opened;
    const which = { name: row.name, ...(!allLanguages && { templateId: row.metaId! }) };
    await this.ask(opened, (call) => this.graph.deleteTemplate(wabaId, which, call));
    for (const one of removed) {
      const { metaId, name, language } = one;
      await this.apply(opened, removal({ metaId, name, language }, this.answerTime(opened, one.statusAt)));
    }
  }

  /** Whoever marks the draft as it was read submits it; nobody changes it meanwhile. @throws template.state-conflict */
  private async markSubmitted(opened: OpenedTemplate): Promise<void> {
    const { version, submittedAt } = opened.row;
    if (await this.store(opened, { submittedAt: this.clock.now() }, { status: 'DRAFT', version, submittedAt })) return;
    throw new DomainError('template.state-conflict', 'The template was changed or submitted at the same moment; look at it again.');
  }

  private async submit(opened: OpenedTemplate, draft: TemplateDraft): Promise<CreatedTemplate> {
    try {
      return await this.ask(opened, (call) => this.graph.createTemplate(opened.wabaId, draft, call));
    } catch (error) {
      // Unless another call, or a webhook, has moved it meanwhile.
      if (error instanceof DomainError) await this.store(opened, { submittedAt: error.retryable ? this.longAgo() : null }, { status: 'DRAFT' });
      throw error;
    }
  }

  /** Meta may have it, so that the mark has to stay; but the call is over, and may be tried again. */
  private longAgo(): Date {
    return new Date(this.clock.now().getTime() - SUBMITTING_MS);
  }

  private async ask<T>(opened: OpenedTemplate, question: (call: GraphCall) => Promise<T>): Promise<T> {
    try {
      return await question({ token: opened.accessToken });
    } catch (error) {
      if (!(error instanceof WhatsAppError)) throw error;
      if (error instanceof WhatsAppNetworkError) await this.changes.askForSync([{ tenantId: opened.tenantId, id: opened.row.accountId }]);
      throw templateRefusal(error);
    }
  }

  /** null: Meta did what was asked, and then did not say how it stands. */
  private async read({ row, accessToken: token }: OpenedTemplate): Promise<TemplateNode | null> {
    try {
      return await this.graph.getTemplate(row.metaId!, { token });
    } catch (error) {
      if (error instanceof WhatsAppError) return null;
      throw error;
    }
  }

  private stateOf(opened: OpenedTemplate, node: TemplateNode | null, otherwise: TemplateStatus): Pick<TemplateFacts, 'status'> {
    const at = this.answerTime(opened, opened.row.statusAt);
    return { status: { at, value: node ? templateStatusOf(node.status) : otherwise, reason: null } };
  }

  private answerTime({ listedAt }: OpenedTemplate, knownAt: Date | null): Date {
    const known = [listedAt, knownAt].filter((at) => at !== null).sort((one, other) => other.getTime() - one.getTime());
    return answeredAt(this.clock.now(), known[0] ?? null);
  }

  private silent({ row: { name, language } }: OpenedTemplate, metaId: string | null): TemplateFacts {
    return { metaId, name, language, status: null, category: null, quality: null, components: null };
  }

  private async apply({ tenantId, row: { accountId } }: OpenedTemplate, facts: TemplateFacts, origin?: VersionOrigin): Promise<void> {
    const changed = await this.system.transaction((tx) => applyTemplateFacts(tx, [{ tenantId, accountId, facts }], origin));
    await this.changes.follow(changed);
  }

  /** False where the row is not (any more) as `only` says. */
  private async store({ tenantId, row: { id } }: OpenedTemplate, data: object, only: Partial<StoredTemplate> = {}): Promise<boolean> {
    const { status, version, submittedAt } = only;
    const where = { tenantId, id, status, version, submittedAt };
    const { count } = await this.db.run(tenantId, (tx) => tx.template.updateMany({ where, data }));
    await this.changes.forget([{ tenantId, id }]);
    return count > 0;
  }
}

function listOfComponents(components: unknown): TemplateComponent[] {
  return Array.isArray(components) ? (components as TemplateComponent[]) : [];
}
