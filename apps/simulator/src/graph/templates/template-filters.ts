import type { Template } from '../../state/account.js';

/** The filters of a template list. */
export interface TemplateQuery {
  readonly fields?: string;
  readonly name?: string;
  readonly name_or_content?: string;
  readonly status?: string;
  readonly category?: string;
  readonly language?: string;
  readonly quality_score?: string;
}

/** Whether a template passes all filters. */
export function isWanted(template: Template, query: TemplateQuery): boolean {
  const content = query.name_or_content?.toLowerCase();
  return (
    template.status !== 'DELETED' &&
    isOneOf(template.status, query.status) &&
    isOneOf(template.category, query.category) &&
    isOneOf(template.language, query.language) &&
    isOneOf(template.quality, query.quality_score) &&
    (query.name === undefined || template.name.includes(query.name)) &&
    (content === undefined || JSON.stringify([template.name, template.components]).toLowerCase().includes(content))
  );
}

/** Graph takes one value, several with commas, or a JSON list. */
function isOneOf(value: string, wanted: string | undefined): boolean {
  if (wanted === undefined || wanted === '') return true;
  return wanted
    .toLowerCase()
    .replaceAll(/[[\]"\s]/g, '')
    .split(',')
    .includes(value.toLowerCase());
}
