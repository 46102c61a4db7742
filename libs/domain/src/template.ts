import { isJsonObject, type JsonObject, listOf, textOf } from './json.js';

/** Our states of a template. Only APPROVED is sent. */
export const TEMPLATE_STATUSES = ['DRAFT', 'PENDING', 'APPROVED', 'REJECTED', 'PAUSED', 'DISABLED'] as const;

export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number];

export const TEMPLATE_CATEGORIES = ['AUTHENTICATION', 'UTILITY', 'MARKETING'] as const;

export type TemplateCategory = (typeof TEMPLATE_CATEGORIES)[number];

export const PARAMETER_FORMATS = ['POSITIONAL', 'NAMED'] as const;

export type ParameterFormat = (typeof PARAMETER_FORMATS)[number];

/** A component as Meta lists it (HEADER, BODY, FOOTER, BUTTONS, …), read leniently. */
export type TemplateComponent = JsonObject;

/** A template as far as sending needs it. */
export interface TemplateDefinition {
  id: string;
  name: string;
  /** With an underscore: `en_US`. */
  language: string;
  status: TemplateStatus;
  category: TemplateCategory;
  parameterFormat: ParameterFormat;
  components: readonly TemplateComponent[];
}

const STATUS_OF_META: Readonly<Record<string, TemplateStatus>> = {
  APPROVED: 'APPROVED',
  REINSTATED: 'APPROVED',
  // A warning only; the template can still be sent until PAUSED or DISABLED follows.
  FLAGGED: 'APPROVED',
  // Unpaused and unarchived templates are announced by these words and are usable again.
  UNPAUSED: 'APPROVED',
  UNARCHIVED: 'APPROVED',
  PENDING: 'PENDING',
  IN_APPEAL: 'PENDING',
  REJECTED: 'REJECTED',
  LIMIT_EXCEEDED: 'REJECTED',
  PAUSED: 'PAUSED',
  LOCKED: 'DISABLED',
  DISABLED: 'DISABLED',
  ARCHIVED: 'DISABLED',
  PENDING_DELETION: 'DISABLED',
  DELETED: 'DISABLED',
};

/** Our state for a status or webhook event of Meta's. A word that we don't know yet must not be sent: PENDING. */
export function templateStatusOf(metaStatus: string): TemplateStatus {
  const word = metaStatus.toUpperCase();
  return Object.hasOwn(STATUS_OF_META, word) ? (STATUS_OF_META[word] ?? 'PENDING') : 'PENDING';
}

/** Our category for one of Meta's; unknown ones are held to the strictest rules. */
export function templateCategoryOf(metaCategory: string): TemplateCategory {
  const word = metaCategory.toUpperCase();
  return TEMPLATE_CATEGORIES.find((category) => category === word) ?? 'MARKETING';
}

/** Our parameter format for Meta's, which names it in either case and leaves it out on old templates. */
export function parameterFormatOf(metaFormat: string | null | undefined): ParameterFormat {
  return metaFormat?.toUpperCase() === 'NAMED' ? 'NAMED' : 'POSITIONAL';
}

/** One spelling of a language: Meta's webhooks write `en-US` where its API wants `en_US`. */
export function normalizeLanguage(language: string): string {
  const [code = '', ...rest] = language.trim().split(/[-_]/);
  return [code.toLowerCase(), ...rest.map((part) => (part.length === 2 ? part.toUpperCase() : part))].join('_');
}

/** The components of that type, e.g. `HEADER`; Meta writes types in either case. */
export function componentsOf(components: readonly unknown[], type: string): JsonObject[] {
  return components.filter(isJsonObject).filter((component) => textOf(component.type)?.toUpperCase() === type);
}

/** The components with each of them changed, and each of those in the cards of a carousel. What is none stays as it is. */
export function mapComponents(components: readonly unknown[], change: (component: JsonObject) => JsonObject): unknown[] {
  const changed = (component: unknown): unknown => (isJsonObject(component) ? change(component) : component);
  return components.map((component) => {
    if (!isJsonObject(component) || component.cards === undefined) return changed(component);
    const cards = listOf(component.cards).map((card) => (isJsonObject(card) ? { ...card, components: listOf(card.components).map(changed) } : card));
    return { ...change(component), cards };
  });
}

/** All buttons in order: their place in this list is the index that a send names. */
export function buttonsOf(components: readonly unknown[]): JsonObject[] {
  return componentsOf(components, 'BUTTONS')
    .flatMap((component) => listOf(component.buttons))
    .map((button) => (isJsonObject(button) ? button : {}));
}

const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** The names (`1`, `2`, … or words) of the variables in a text, each once, in the order of the text. */
export function variablesIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(VARIABLE), ([, name]) => name ?? ''))];
}

/** The text with its variables replaced; one without a value stays as it is written. */
export function fillVariables(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (placeholder, name: string) => values.get(name) ?? placeholder);
}
