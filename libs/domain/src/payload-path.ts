/** A place in a payload, and what has to stand there. */
export interface PayloadPath {
  /** Names of members and places in lists, from the outside in. */
  readonly steps: readonly string[];
  /** Whether a list stands for each of its members: so in dotted paths, not in JSON pointers. */
  readonly entersLists: boolean;
  /** As text; null: anything. */
  readonly value: string | null;
}

const MOST_STEPS = 30;

/**
 * Reads a JSON pointer (`/entry/0/changes/0/field`, RFC 6901), which names one place, or a dotted path
 * (`entry.changes.value.statuses.errors.code`), in which a list stands for each of its members. Null for neither.
 */
export function payloadPath(text: string, value: string | null): PayloadPath | null {
  const isPointer = text.startsWith('/');
  const steps = isPointer ? text.slice(1).split('/').map(unescaped) : text.split('.');
  if (steps.length > MOST_STEPS || (!isPointer && steps.includes(''))) return null;
  return { steps, entersLists: !isPointer, value };
}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

/** Whether a payload has the place, with the value where one is asked for. Numbers and booleans compare by their JSON text. */
export function payloadMatches(payload: unknown, { steps, entersLists, value }: PayloadPath): boolean {
  let places: unknown[] = [payload];
  for (const step of steps) places = places.flatMap((place) => below(place, step, entersLists));
  if (value === null) return places.length > 0;
  return (entersLists ? places.flat() : places).some((place) => textOf(place) === value);
}

function below(place: unknown, step: string, entersLists: boolean): unknown[] {
  if (Array.isArray(place)) {
    if (/^(0|[1-9]\d*)$/.test(step) && Number(step) < place.length) return [place[Number(step)]];
    return entersLists ? place.flatMap((member) => below(member, step, false)) : [];
  }
  if (typeof place !== 'object' || place === null || !Object.hasOwn(place, step)) return [];
  return [(place as Record<string, unknown>)[step]];
}

function textOf(place: unknown): string | null {
  if (typeof place === 'string') return place;
  return typeof place === 'object' && place !== null ? null : JSON.stringify(place);
}
