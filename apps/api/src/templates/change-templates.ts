import { Injectable } from '@nestjs/common';
import {
  assertEditable,
  breaksRules,
  DomainError,
  lintRefusal,
  lintTemplate,
  TEMPLATE_REMOVED,
  withEdit,
  type LintFinding,
  type TenantId,
} from '@parley/domain';
import { Clock } from '@parley/platform';
import { OwnTemplates, type OpenedTemplate, type StoredTemplate } from './own-templates.js';
import { TemplateDrafts, type DraftContent } from './template-drafts.js';
import { lintSubjectOf, type AddLanguageDto, type CreateTemplateDto, type EditTemplateDto } from './template.dto.js';
import type { WrittenTemplateView } from './template-lint.view.js';
import { TemplateSampleMedia } from './template-sample-media.js';
import { templateView } from './template.view.js';
import { SUBMITTING_MS, TemplatesAtMeta, type TemplateChange } from './templates-at-meta.js';

/**
 * What a tenant does to its templates. What the lint refuses is never sent to Meta; what Meta's rules on states refuse is
 * told beforehand. Every method throws resource.not-found for a template that is not the tenant's.
 */
@Injectable()
export class ChangeTemplates {
  constructor(
    private readonly own: OwnTemplates,
    private readonly drafts: TemplateDrafts,
    private readonly meta: TemplatesAtMeta,
    private readonly samples: TemplateSampleMedia,
    private readonly clock: Clock,
  ) {}

  /** @throws template.exists, template.invalid, template.refused, graph.unavailable (the draft is kept) */
  async create(tenantId: TenantId, { numberId, accountId, name, language, submit, ...content }: CreateTemplateDto): Promise<WrittenTemplateView> {
    const place = { accountId: await this.own.accountId(tenantId, { numberId, accountId }), name, language };
    if (submit) await this.refuseUnfit(tenantId, { name, language, ...contentOf(content) });
    const { id } = await this.drafts.create(tenantId, place, contentOf(content));
    return submit ? this.submit(tenantId, id) : this.written(tenantId, id);
  }

  /** @throws as `create` */
  async addLanguage(tenantId: TenantId, id: string, { language, components, submit }: AddLanguageDto): Promise<WrittenTemplateView> {
    const { accountId, name, category, ttlSeconds, parameterFormat } = (await this.own.open(tenantId, id)).row;
    const content = contentOf({ category, components, ttlSeconds, parameterFormat: parameterFormat === 'NAMED' ? 'NAMED' : 'POSITIONAL' });
    if (submit) await this.refuseUnfit(tenantId, { name, language, ...content });
    const { id: added } = await this.drafts.create(tenantId, { accountId, name, language }, content);
    return submit ? this.submit(tenantId, added) : this.written(tenantId, added);
  }

  /** A draft changes here, anything else through Meta. @throws template.state-conflict, template.invalid, template.refused */
  async edit(tenantId: TenantId, id: string, dto: EditTemplateDto): Promise<WrittenTemplateView> {
    const opened = await this.own.open(tenantId, id);
    if (opened.status !== 'DRAFT') {
      await this.editAtMeta(opened, dto);
      return this.written(tenantId, id);
    }
    this.assertNotOnItsWay(opened.row);
    const content = mergedContent(opened, dto);
    if (dto.submit) await this.refuseUnfit(tenantId, { ...opened.row, ...content });
    await this.drafts.edit(tenantId, opened.row, content);
    return dto.submit ? this.submit(tenantId, id) : this.written(tenantId, id);
  }

  /** @throws template.state-conflict, template.invalid, template.refused */
  async submit(tenantId: TenantId, id: string): Promise<WrittenTemplateView> {
    const opened = await this.own.open(tenantId, id);
    if (opened.status !== 'DRAFT') throw conflict(`The template is ${opened.status}; only a draft is submitted. PUT changes what Meta has.`);
    this.assertNotOnItsWay(opened.row);
    refuseBroken({ ...opened.row, parameterFormat: opened.parameterFormat });
    await this.meta.create(opened, await this.samples.handOver(opened, componentsOf(opened.row)));
    return this.written(tenantId, id);
  }

  /** @throws template.state-conflict, template.refused */
  async unpause(tenantId: TenantId, id: string): Promise<WrittenTemplateView> {
    const opened = await this.own.open(tenantId, id);
    if (opened.status !== 'PAUSED') throw conflict(`The template is ${opened.status}, not PAUSED.`);
    await this.meta.unpause(opened);
    return this.written(tenantId, id);
  }

  /** Deletes a template, or its name in all languages; what is gone already stays so. @throws template.state-conflict, template.refused */
  async remove(tenantId: TenantId, id: string, allLanguages: boolean): Promise<void> {
    const opened = await this.own.open(tenantId, id);
    const chosen = allLanguages ? await this.own.languages(tenantId, opened.row) : [opened.row];
    const standing = chosen.filter((row) => !isGone(row));
    const disabled = standing.find(({ status }) => status === 'DISABLED');
    if (disabled) throw conflict(`Meta deletes no disabled template, and ${disabled.name} (${disabled.language}) is one.`);
    const atMeta = standing.filter(({ metaId }) => metaId !== null);
    if (atMeta.length > 0) await this.meta.remove(opened, atMeta, allLanguages);
    for (const draft of standing.filter(({ metaId }) => metaId === null)) await this.drafts.remove(tenantId, draft);
  }

  private async editAtMeta(opened: OpenedTemplate, { category, components, ttlSeconds, parameterFormat: format }: EditTemplateDto): Promise<void> {
    const { row, status, parameterFormat } = opened;
    const now = this.clock.now();
    if (isGone(row)) throw conflict('Meta has this template no longer; POST /v1/templates makes it anew.');
    if (format !== undefined && format !== parameterFormat) throw conflict(`Meta does not change parameterFormat; it stays ${parameterFormat}.`);
    const change: TemplateChange = {
      ...(category !== undefined && category !== row.category && { category }),
      ...(ttlSeconds !== undefined && ttlSeconds !== row.ttlSeconds && { ttlSeconds }),
      ...(components !== undefined && { components }),
    };
    if (Object.keys(change).length === 0) return;
    assertEditable({ status, category: row.category, editedAt: row.editedAt }, category ?? row.category, now);
    // What Meta keeps of the components need not be judged again.
    refuseBroken({ ...row, parameterFormat, ...change, components: components ?? PLAIN });
    const handedOver = components && { components: await this.samples.handOver(opened, components) };
    await this.meta.edit(opened, { ...change, ...handedOver }, status === 'APPROVED' ? withEdit(row.editedAt, now) : row.editedAt);
  }

  /** Before anything is kept of what is to be submitted. */
  private async refuseUnfit(tenantId: TenantId, template: Parameters<typeof lintSubjectOf>[0] & Pick<DraftContent, 'components'>): Promise<void> {
    refuseBroken(template);
    await this.samples.check(tenantId, template.components);
  }

  private assertNotOnItsWay({ submittedAt }: StoredTemplate): void {
    const isOnItsWay = submittedAt !== null && this.clock.now().getTime() - submittedAt.getTime() < SUBMITTING_MS;
    if (isOnItsWay) throw conflict('The template is being submitted; try again in a minute.');
  }

  private async written(tenantId: TenantId, id: string): Promise<WrittenTemplateView> {
    const view = templateView(await this.own.get(tenantId, id));
    // What Meta has is past the lint: it lists texts of its own, and no samples of media.
    return { ...view, findings: view.status === 'DRAFT' ? lintTemplate(lintSubjectOf(view)) : [] };
  }
}

function refuseBroken(template: Parameters<typeof lintSubjectOf>[0]): void {
  const findings: LintFinding[] = lintTemplate(lintSubjectOf(template));
  if (breaksRules(findings)) throw lintRefusal(findings);
}

function contentOf({ category, components, parameterFormat, ttlSeconds = null }: Omit<DraftContent, 'ttlSeconds'> & { ttlSeconds?: number | null | undefined }): DraftContent {
  return { category, components, parameterFormat, ttlSeconds };
}

function mergedContent({ row, parameterFormat }: OpenedTemplate, dto: EditTemplateDto): DraftContent {
  return {
    category: dto.category ?? row.category,
    components: dto.components ?? componentsOf(row),
    parameterFormat: dto.parameterFormat ?? parameterFormat,
    ttlSeconds: dto.ttlSeconds ?? row.ttlSeconds,
  };
}

const componentsOf = ({ components }: StoredTemplate): unknown[] => (Array.isArray(components) ? (components as unknown[]) : []);

/** Components in which no rule is broken: for a change of other things. */
const PLAIN = [{ type: 'BODY', text: 'Unchanged' }];

const isGone = ({ status, rejectedReason }: StoredTemplate): boolean => status === 'DISABLED' && rejectedReason === TEMPLATE_REMOVED;

function conflict(detail: string): DomainError {
  return new DomainError('template.state-conflict', detail);
}
