import {
  canonicalComponents,
  dropInvalidText,
  normalizeLanguage,
  parameterFormatOf,
  TEMPLATE_REMOVED,
  templateCategoryOf,
  templateStatusOf,
  type TemplateFacts,
} from '@parley/domain';

/** A template as Meta lists it; every member beside the first four may be missing. */
export interface MetaTemplate {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly status: string;
  readonly category?: string;
  readonly correct_category?: string;
  readonly parameter_format?: string;
  readonly components?: readonly unknown[];
  readonly rejected_reason?: string;
  readonly quality_score?: { readonly score?: string };
}

/** Meta still lists these for up to thirty days, for messages that are on their way. */
const LEAVING = ['PENDING_DELETION', 'DELETED'];

/** Meta's node in our words: everything that was true of it at a time. */
export function listedTemplate(node: MetaTemplate, at: Date): TemplateFacts {
  const { correct_category: upcoming, quality_score: quality } = node;
  return {
    metaId: node.id,
    name: dropInvalidText(node.name),
    language: normalizeLanguage(dropInvalidText(node.language)),
    status: { at, value: templateStatusOf(node.status), reason: reasonOf(node) },
    category: { at, value: templateCategoryOf(node.category ?? ''), upcoming: upcoming ? templateCategoryOf(upcoming) : null },
    quality: { at, value: quality?.score ?? 'UNKNOWN' },
    components: { at, value: JSON.stringify(canonicalComponents(node.components ?? [])), format: parameterFormatOf(node.parameter_format) },
  };
}

function reasonOf({ status, rejected_reason: reason }: MetaTemplate): string | null {
  if (LEAVING.includes(status.toUpperCase())) return TEMPLATE_REMOVED;
  return reason === undefined || reason === 'NONE' ? null : dropInvalidText(reason);
}
