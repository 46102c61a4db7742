import { identitiesOf, type Identity } from './identity.js';
import type { IdentityChangeContent } from './webhook-contents.js';

/** What a change of number or user id makes of a person's ids. */
export interface Relinking {
  /** No longer theirs; whoever comes with one of them later is somebody else. */
  retired: Identity[];
  /** Theirs from now on. */
  gained: Identity[];
}

/** Read from Meta's words. An id that is named on both sides stays; a user id is no less true after a change of number. */
export function relinkingOf({ change, previous, current }: IdentityChangeContent): Relinking {
  if (change === 'key') return { retired: [], gained: [] };
  const gained = identitiesOf(current);
  const before = identitiesOf(previous).filter(({ kind, value }) => !gained.some((one) => one.kind === kind && one.value === value));
  // Of a change of number: the old number always; an old user id only where Meta gave the new one.
  const retired = before.filter(({ kind }) => (isNumber(kind) ? change === 'number' : gained.some((one) => one.kind === kind)));
  return { retired, gained };
}

const isNumber = (kind: Identity['kind']): boolean => kind === 'phone' || kind === 'wa_id';
