import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { mapComponents, TEMPLATE_STATUSES, type ParameterFormat, type TemplateCategory, type TemplateStatus } from './template.js';
import { withoutSample } from './template-samples.js';

/** `rejectedReason` of a template that Meta does not have any more. */
export const TEMPLATE_REMOVED = 'REMOVED';

/**
 * What Meta said of one template: its list says everything, a webhook one thing. Each part carries Meta's time of it, so
 * that whatever comes in whatever order ends alike.
 */
export interface TemplateFacts {
  readonly metaId: string | null;
  readonly name: string;
  /** Normalised: `en_US`. */
  readonly language: string;
  readonly status: { readonly at: Date; readonly value: TemplateStatus; readonly reason: string | null } | null;
  /** `upcoming`: what Meta means to change it to; the category itself where it does not; null where that is not said. */
  readonly category: { readonly at: Date; readonly value: TemplateCategory; readonly upcoming: TemplateCategory | null } | null;
  readonly quality: { readonly at: Date; readonly value: string } | null;
  /** Canonical, as JSON text. */
  readonly components: { readonly at: Date; readonly value: string; readonly format: ParameterFormat } | null;
}

/**
 * The facts of a set as one of each template: for each part the latest. Meta's times are whole seconds; of two states in
 * the same second the one counts that stands later in TEMPLATE_STATUSES, since a life goes that way more often.
 */
export function mergeFacts(facts: readonly TemplateFacts[]): TemplateFacts[] {
  const merged = new Map<string, TemplateFacts>();
  for (const one of facts) {
    const key = `${one.name} ${one.language} ${one.metaId}`;
    const before = merged.get(key);
    merged.set(key, before ? joined(before, one) : one);
  }
  return [...merged.values()];
}

function joined(before: TemplateFacts, after: TemplateFacts): TemplateFacts {
  return {
    ...after,
    status: latest(before.status, after.status, (one, other) => rank(one.value) > rank(other.value)),
    category: latest(before.category, after.category),
    quality: latest(before.quality, after.quality),
    components: latest(before.components, after.components),
  };
}

const rank = (status: TemplateStatus): number => TEMPLATE_STATUSES.indexOf(status);

function latest<T extends { readonly at: Date }>(before: T | null, after: T | null, winsTie: (before: T, after: T) => boolean = () => false): T | null {
  if (!before || !after) return after ?? before;
  const lead = before.at.getTime() - after.at.getTime();
  return lead > 0 || (lead === 0 && winsTie(before, after)) ? before : after;
}

/**
 * Clocks differ, and Meta's webhooks name whole seconds: an answer counts as so much older than our clock says, so that a
 * webhook that came out of it is always news.
 */
export const ANSWER_HINDSIGHT_MS = 5_000;

/**
 * The time of what Meta just answered about a template: later than what stands here, unless that is of this very second,
 * and before any webhook that follows.
 * @param knownAt the time of the part as it stood before the call
 */
export function answeredAt(now: Date, knownAt: Date | null): Date {
  const hindsight = now.getTime() - ANSWER_HINDSIGHT_MS;
  if (!knownAt) return new Date(hindsight);
  const secondStart = Math.floor(now.getTime() / 1_000) * 1_000;
  return new Date(Math.max(hindsight, Math.min(knownAt.getTime() + 1, Math.max(knownAt.getTime(), secondStart))));
}

/**
 * Components in one spelling, so that the same ones are the same text: `type` first, then members by name. Samples of
 * media headers are left out, unless they are still to be sent: Meta takes a handle, which the tenant gives or which we make
 * of a media of ours, and lists the address of a file, another one at each reading.
 */
export function canonicalComponents(components: readonly unknown[], { withSamples = false } = {}): JsonValue[] {
  return (withSamples ? components : mapComponents(components, plain)).map(canonical);
}

function canonical(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isJsonObject(value)) return (value ?? null) as JsonValue;
  const names = Object.keys(value).sort((one, other) => Number(other === 'type') - Number(one === 'type') || (one < other ? -1 : 1));
  return Object.fromEntries(names.map((name) => [name, canonical(value[name])]));
}

function plain(component: JsonObject): JsonObject {
  return isJsonObject(component.example) ? { ...component, example: withoutSample(component.example) } : component;
}
