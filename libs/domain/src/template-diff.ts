import { createPatch, type Operation } from 'rfc6902';
import { isJsonObject, type JsonValue, listOf, textOf } from './json.js';

/** What a version of a template holds. */
export interface TemplateVersionContent {
  readonly category: string;
  readonly components: readonly unknown[];
}

/** How one version becomes another. */
export interface TemplateDiff {
  /** RFC 6902, on `{category, components}`. */
  readonly patch: Operation[];
  /** For people: a line for each component that differs. */
  readonly lines: string[];
}

const LONGEST_QUOTE = 80;

/** The difference of two versions. */
export function diffTemplates(from: TemplateVersionContent, to: TemplateVersionContent): TemplateDiff {
  const contentOf = ({ category, components }: TemplateVersionContent): JsonValue => ({ category, components: components as JsonValue[] });
  return {
    patch: createPatch(contentOf(from), contentOf(to)),
    lines: [...(from.category === to.category ? [] : [`Category: ${from.category} → ${to.category}`]), ...componentLines(from, to)],
  };
}

function componentLines(from: TemplateVersionContent, to: TemplateVersionContent): string[] {
  const [before, after] = [byType(from.components), byType(to.components)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((type) => {
    const [one, other] = [before.get(type), after.get(type)];
    if (JSON.stringify(one) === JSON.stringify(other)) return [];
    const name = type.charAt(0) + type.slice(1).toLowerCase().replaceAll('_', ' ');
    if (one === undefined) return [`${name} added: ${wordsOf(other)}`];
    if (other === undefined) return [`${name} removed: ${wordsOf(one)}`];
    const [was, is] = [wordsOf(one), wordsOf(other)];
    return [was === is ? `${name}: settings changed` : `${name}: ${was} → ${is}`];
  });
}

/** Components by type; where several have one type, the places tell them apart. */
function byType(components: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const component of components) {
    const type = (isJsonObject(component) ? textOf(component.type)?.toUpperCase() : null) ?? 'COMPONENT';
    let key = type;
    for (let place = 2; found.has(key); place += 1) key = `${type} ${place}`;
    found.set(key, component);
  }
  return found;
}

/** A component in a few words. */
function wordsOf(component: unknown): string {
  if (!isJsonObject(component)) return 'something unreadable';
  const text = textOf(component.text);
  if (text !== null) return quoted(text);
  const buttons = listOf(component.buttons).filter(isJsonObject);
  if (buttons.length > 0) return buttons.map((button) => quoted(textOf(button.text) ?? textOf(button.type) ?? '?')).join(', ');
  const cards = listOf(component.cards);
  if (cards.length > 0) return `${cards.length} cards`;
  return textOf(component.format)?.toLowerCase() ?? 'as Meta writes it';
}

function quoted(text: string): string {
  const characters = [...text.replaceAll(/\s+/g, ' ')];
  return `“${characters.length > LONGEST_QUOTE ? `${characters.slice(0, LONGEST_QUOTE).join('')}…` : characters.join('')}”`;
}
