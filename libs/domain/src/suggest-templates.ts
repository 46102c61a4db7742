import { normalizeLanguage } from './template.js';
import { requiredParameters, type RequiredParameters } from './template-parameters.js';
import type { ParameterFormat, TemplateCategory } from './template.js';

/** A template as far as it matters for a choice. */
export interface SuggestibleTemplate {
  readonly name: string;
  readonly language: string;
  readonly category: TemplateCategory;
  readonly quality: string;
  readonly parameterFormat: ParameterFormat;
  readonly components: readonly unknown[];
}

/** Codes are never an answer to what somebody wrote. */
const RANK_OF_CATEGORY: Readonly<Partial<Record<TemplateCategory, number>>> = { UTILITY: 0, MARKETING: 1 };
const RANK_OF_QUALITY: Readonly<Record<string, number>> = { GREEN: 0, HIGH: 0, YELLOW: 2, MEDIUM: 2, RED: 3, LOW: 3 };
const UNKNOWN_QUALITY = 1;

/**
 * Approved templates by which a conversation can be taken up again outside the window, best first: in the language of the contact,
 * or one near to it; about business rather than advertising; with little to fill in; which customers like.
 * @param language of the contact; null: not known
 */
export function suggestTemplates<Template extends SuggestibleTemplate>(templates: readonly Template[], language: string | null): Template[] {
  return templates
    .map((template) => ({ template, required: requiredParameters(template.components, template.parameterFormat) }))
    .filter(({ template, required }) => RANK_OF_CATEGORY[template.category] !== undefined && required.unsupported.length === 0)
    .map(({ template, required }) => ({ template, ranks: ranksOf(template, required, language) }))
    .sort((one, other) => compare(one.ranks, other.ranks) || compareNames(one.template, other.template))
    .map(({ template }) => template);
}

function ranksOf({ language, category, quality }: SuggestibleTemplate, required: RequiredParameters, wanted: string | null): number[] {
  return [languageRank(language, wanted), RANK_OF_CATEGORY[category]!, effort(required), RANK_OF_QUALITY[quality] ?? UNKNOWN_QUALITY];
}

function languageRank(language: string, wanted: string | null): number {
  if (wanted === null) return 0;
  const [one, other] = [normalizeLanguage(language), normalizeLanguage(wanted)];
  if (one === other) return 0;
  return one.split('_', 1)[0] === other.split('_', 1)[0] ? 1 : 2;
}

/** How much somebody has to fill in. */
function effort({ header, body, buttons, cards }: RequiredParameters): number {
  const ofHeader = header.kind === 'text' ? header.names.length : header.kind === 'none' ? 0 : 1;
  return ofHeader + body.length + buttons.filter(({ required }) => required).length + cards.length;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((rank, place) => rank !== other[place]);
  return at < 0 ? 0 : one[at]! - other[at]!;
}

const compareNames = (one: SuggestibleTemplate, other: SuggestibleTemplate): number => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);
