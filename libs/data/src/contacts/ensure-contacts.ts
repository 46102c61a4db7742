import { groupPersons, isDerivedPhone, matchPerson, variantsOf, type Identity, type PersonMatch, type TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';
import {
  addIdentities,
  findFormerOwners,
  findOwners,
  identityKey,
  lockIdentities,
  proposeMerges,
  type TenantIdentity,
} from './identities.repository.js';

/** Somebody as a message or a caller names them: one or more identities, strongest first. */
export interface ContactRef {
  tenantId: TenantId;
  identities: readonly Identity[];
  /** What the person calls himself. */
  name: string | null;
  /** Meta's time of what names them: who had an id then may have given it up since. */
  at?: Date | null;
}

const CREATE: Statement = {
  name: 'contacts.create',
  text: `
    INSERT INTO contacts (tenant_id, id, name, profile_name)
    SELECT tenant_id, uuid_v7(statement_timestamp(), ord::int), name, name
      FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS i (tenant_id, name, ord)
    RETURNING id`,
};

/**
 * The contact of each reference, by position: found by its strongest known identity, or by the one contact that has another
 * form of its number, and made where there is none. Every identity that was not known is added to the contact that was found.
 * Two contacts that one reference names are noted as one person. One look-up where everybody is known.
 */
export async function ensureContacts(tx: SystemTx, refs: readonly ContactRef[]): Promise<string[]> {
  if (refs.length === 0) return [];
  const set = new ContactSet(tx, refs);
  await set.look();
  if (set.isKnown()) return set.contactIds();
  await set.lookBack();
  await set.meetStrangers();
  await set.addMissing();
  return set.contactIds();
}

class ContactSet {
  /** By identityKey: the owners that the database knows. */
  private stored: ReadonlyMap<string, string> = new Map();
  /** The owners that this set made. */
  private readonly created = new Map<string, string>();
  /** Identities that, at the time of their reference, were somebody's who has given them up since. */
  private readonly former = new Map<string, string>();
  private matches: PersonMatch[] = [];

  constructor(
    private readonly tx: SystemTx,
    private readonly refs: readonly ContactRef[],
  ) {}

  async look(): Promise<void> {
    const all = this.refs.flatMap(({ tenantId, identities }) => [...identities, ...identities.flatMap(variantsOf)].map((one) => ({ tenantId, ...one })));
    this.stored = await findOwners(this.tx, once(all));
    this.match();
    const pairs = this.matches.flatMap(({ contactId, alsoId }, at) =>
      contactId !== null && alsoId !== null ? [{ tenantId: this.refs[at]!.tenantId, one: contactId, other: alsoId }] : [],
    );
    await proposeMerges(this.tx, pairs);
  }

  isKnown(): boolean {
    return this.matches.every(({ contactId }) => contactId !== null) && this.missing().length === 0;
  }

  contactIds(): string[] {
    return this.matches.map(({ contactId }) => contactId!);
  }

  /** What comes late may name ids as they were then. */
  async lookBack(): Promise<void> {
    const timed = this.missing().flatMap(({ at, ...one }) => (at === null ? [] : [{ ...one, at }]));
    const owners = await findFormerOwners(this.tx, timed);
    for (const [place, owner] of owners.entries()) if (owner !== null) this.former.set(momentKey(timed[place]!, timed[place]!.at), owner);
    this.match();
  }

  async meetStrangers(): Promise<void> {
    const strangers = this.strangers();
    if (strangers.length === 0) return;
    await lockIdentities(this.tx, strangers.flatMap(({ tenantId, identities }) => identities.map((one) => ({ tenantId, ...one }))));
    await this.look();
    await this.create(this.strangers());
    this.match();
  }

  async addMissing(): Promise<void> {
    await addIdentities(this.tx, once(this.missing().flatMap(({ contactId, at: _, ...one }) => (contactId === null ? [] : [{ ...one, contactId }]))));
  }

  private strangers(): ContactRef[] {
    return this.refs.filter((_, at) => this.matches[at]!.contactId === null);
  }

  private match(): void {
    this.matches = this.refs.map(({ tenantId, identities, at = null }) => {
      const ownerOf = (one: Identity): string | undefined => {
        const key = identityKey({ tenantId, ...one });
        return this.stored.get(key) ?? this.created.get(key);
      };
      const match = matchPerson(identities, identities.flatMap(variantsOf), ownerOf);
      if (match.contactId !== null || at === null) return match;
      const contactId = identities.map((one) => this.former.get(momentKey({ tenantId, ...one }, at))).find((owner) => owner !== undefined);
      return { contactId: contactId ?? null, alsoId: null };
    });
  }

  /** The ids that are not stored yet and that the person has, or had when nobody knows better. */
  private missing(): (TenantIdentity & { contactId: string | null; at: Date | null })[] {
    return this.refs.flatMap(({ tenantId, identities, at = null }, place) => {
      const { contactId } = this.matches[place]!;
      return identities
        .filter((one) => !this.stored.has(identityKey({ tenantId, ...one })))
        .filter((one) => at === null || !this.former.has(momentKey({ tenantId, ...one }, at)))
        .filter((one) => contactId === null || !isDerivedPhone(one, identities) || !this.hasVariant({ tenantId, ...one }, contactId))
        .map((one) => ({ tenantId, ...one, contactId, at }));
    });
  }

  /** The contact has this number in the form in which somebody gave it; what we make of a wa_id adds nothing. */
  private hasVariant({ tenantId, ...phone }: TenantIdentity, contactId: string): boolean {
    return variantsOf(phone).some((variant) => variant.kind === 'phone' && this.stored.get(identityKey({ tenantId, ...variant })) === contactId);
  }

  private async create(strangers: readonly ContactRef[]): Promise<void> {
    if (strangers.length === 0) return;
    const groups = groupPersons(strangers.map(({ tenantId, identities }) => ({ scope: tenantId, identities })));
    const firsts = [...new Set(groups)];
    const rows = await this.tx.query<{ id: string }>(CREATE, columns(firsts, (at) => strangers[at]!.tenantId, (at) => strangers[at]!.name));
    const made = new Map(firsts.map((at, place) => [at, rows[place]!.id]));
    for (const [at, { tenantId, identities }] of strangers.entries()) {
      for (const one of identities) this.created.set(identityKey({ tenantId, ...one }), made.get(groups[at]!)!);
    }
  }
}

const momentKey = (identity: TenantIdentity, at: Date): string => `${identityKey(identity)}|${at.getTime()}`;

/** Each identity once: of several owners the first. */
function once<One extends TenantIdentity>(identities: readonly One[]): One[] {
  const known = new Map<string, One>();
  for (const one of identities) if (!known.has(identityKey(one))) known.set(identityKey(one), one);
  return [...known.values()];
}
