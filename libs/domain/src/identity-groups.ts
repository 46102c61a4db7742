import { type Identity, meetingPoint } from './identity.js';

/**
 * Which of these persons are one, by position: each gets the place of the first with whom an id joins it, over however many
 * steps. Two forms of one phone number are one id.
 */
export function groupPersons(persons: readonly { scope: string; identities: readonly Identity[] }[]): number[] {
  const parent = persons.map((_, at) => at);
  const rootOf = (at: number): number => {
    let root = at;
    while (parent[root] !== root) root = parent[root] ?? root;
    return root;
  };
  const firstWith = new Map<string, number>();
  for (const [at, { scope, identities }] of persons.entries()) {
    for (const identity of identities) {
      const key = `${scope} ${meetingPoint(identity)}`;
      const other = firstWith.get(key);
      if (other === undefined) firstWith.set(key, at);
      else {
        const [low, high] = [rootOf(other), rootOf(at)].sort((a, b) => a - b) as [number, number];
        parent[high] = low;
      }
    }
  }
  return persons.map((_, at) => rootOf(at));
}

/** Whom identities lead to: the ids of the contacts that have them. */
export type IdentityOwners = (identity: Identity) => string | undefined;

/** What is known of one person. */
export interface PersonMatch {
  /** The contact; null for a stranger. */
  contactId: string | null;
  /** Another contact that turned out to be the same person. */
  alsoId: string | null;
}

/**
 * The contact of the strongest id that is known. Where none is, the one contact that another form of the phone number leads to;
 * two of them would be a guess. A second contact that the ids lead to is the same person.
 */
export function matchPerson(identities: readonly Identity[], variants: readonly Identity[], ownerOf: IdentityOwners): PersonMatch {
  const exact = owners(identities, ownerOf);
  const similar = owners(variants, ownerOf);
  const byVariant = similar.length === 1 ? (similar[0] ?? null) : null;
  const [first, second] = exact;
  if (first === undefined) return { contactId: byVariant, alsoId: null };
  if (second !== undefined) return { contactId: first, alsoId: second };
  // A number that nobody has in this form, beside an id that is known: its other form tells whose it is.
  const hasNumber = identities.some((one) => (one.kind === 'phone' || one.kind === 'wa_id') && ownerOf(one) !== undefined);
  return { contactId: first, alsoId: !hasNumber && byVariant !== first ? byVariant : null };
}

function owners(identities: readonly Identity[], ownerOf: IdentityOwners): string[] {
  return [...new Set(identities.flatMap((identity) => ownerOf(identity) ?? []))];
}
