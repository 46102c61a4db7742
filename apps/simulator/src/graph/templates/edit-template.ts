import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../json.js';
import type { Template, TemplateStatus } from '../../state/account.js';
import { Clock } from '../../state/clock.js';
import { readCategory, readComponents, readTtl } from './definition/read-definition.js';
import { badParameter } from './definition/refusals.js';
import { HeaderHandles } from './header-handles.js';
import { WriteTemplates } from './write-templates.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const EDITABLE: readonly TemplateStatus[] = ['APPROVED', 'REJECTED', 'PAUSED'];

/** Meta: how often an approved template may be edited. */
const MAX_EDITS = [
  { count: 1, withinMs: DAY_MS, said: 'once in 24 hours' },
  { count: 10, withinMs: 30 * DAY_MS, said: '10 times in 30 days' },
] as const;

/** Changes a template: its category, its components, its time to live. */
@Injectable()
export class EditTemplate {
  constructor(
    private readonly templates: WriteTemplates,
    private readonly handles: HeaderHandles,
    private readonly clock: Clock,
  ) {}

  /** @throws GraphError 100 for what cannot be changed, or not now, and for what is wrong in it */
  edit(template: Template, body: JsonObject): void {
    const { category: wanted, components: replaced, message_send_ttl_seconds: ttl } = body;
    if (!EDITABLE.includes(template.status)) {
      throw badParameter(`A template that is ${template.status} can not be edited.`);
    }
    if (wanted === undefined && replaced === undefined && ttl === undefined) {
      throw badParameter('category, components or message_send_ttl_seconds is required.');
    }
    const category = wanted === undefined ? template.category : readCategory(wanted);
    if (category !== template.category && template.status === 'APPROVED') {
      throw badParameter('The category of an approved template can not be changed.');
    }
    const setting = { format: template.parameterFormat, knowsHandle: this.handles.knows };
    const components =
      replaced === undefined ? template.components : readComponents(replaced, category, template.language, setting);
    const ttlSeconds = readTtl(ttl, category);
    if (template.status === 'APPROVED') this.requireRest(template);
    template.editedAt = [...(template.editedAt ?? []), this.clock.nowMs()];
    if (ttlSeconds !== undefined) template.ttlSeconds = ttlSeconds;
    template.category = category;
    if (replaced !== undefined || wanted !== undefined) this.templates.replaceComponents(template, components);
  }

  private requireRest({ editedAt = [] }: Template): void {
    for (const { count, withinMs, said } of MAX_EDITS) {
      const since = this.clock.nowMs() - withinMs;
      if (editedAt.filter((at) => at > since).length < count) continue;
      throw badParameter(`An approved template can be edited ${said} at most.`);
    }
  }
}
