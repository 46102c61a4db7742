import type { BookEntry, TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';

/** The name that everybody shows, as `displayName` of the domain has it, from columns or expressions. */
export const shownName = (given: string, book: string, profile: string, username: string): string =>
  `coalesce(${given}, ${book}, ${profile}, '@' || ltrim(${username}, '@'))`;

/** The person's own name. A name that stands alone is of the time before its sources were kept apart, when it was that. */
export const ownName = (k: string): string =>
  `coalesce(${k}.profile_name, CASE WHEN ${k}.given_name IS NULL AND ${k}.book_name IS NULL AND ${k}.username IS NULL THEN ${k}.name END)`;

/** What the restaurant's phone book says of a contact. */
export interface ContactBookEntry extends BookEntry {
  tenantId: TenantId;
  contactId: string;
}

// The later entry stands, whichever comes first; `laterEntry` of the domain decides the same way within a set.
const SET_BOOK: Statement = {
  name: 'contacts.set-book-names',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) AS i (tenant_id, id, name, at)
    ), locked AS MATERIALIZED (
      SELECT k.tenant_id, k.id, i.name, i.at, ${ownName('k')} AS profile
        FROM input i JOIN contacts k ON k.tenant_id = i.tenant_id AND k.id = i.id
       WHERE k.book_at IS NULL OR i.at > k.book_at
          OR (i.at = k.book_at AND (i.name > k.book_name COLLATE "C" OR (i.name IS NULL AND k.book_name IS NOT NULL)))
       ORDER BY k.tenant_id, k.id FOR NO KEY UPDATE OF k
    )
    UPDATE contacts k
       SET book_name = l.name, book_at = l.at, profile_name = l.profile, name = ${shownName('k.given_name', 'l.name', 'l.profile', 'k.username')},
           updated_at = now()
      FROM locked l
     WHERE k.tenant_id = l.tenant_id AND k.id = l.id
    RETURNING k.id`,
};

/** Lets the entries of the phone book stand that are newer than what stands. At most one for each contact. @returns the contacts changed */
export async function setBookEntries(tx: SystemTx, entries: readonly ContactBookEntry[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(SET_BOOK, columns(entries, (e) => e.tenantId, (e) => e.contactId, (e) => e.name, (e) => e.at));
  return rows.map(({ id }) => id);
}

const SET_USERNAMES: Statement = {
  name: 'contacts.set-usernames',
  text: `
    UPDATE contacts k
       SET username = i.username, profile_name = ${ownName('k')}, name = ${shownName('k.given_name', 'k.book_name', ownName('k'), 'i.username')},
           updated_at = now()
      FROM (SELECT DISTINCT ON (tenant_id, id) * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS i (tenant_id, id, username, ord)
             ORDER BY tenant_id, id, ord DESC) i
     WHERE k.tenant_id = i.tenant_id AND k.id = i.id AND k.username IS DISTINCT FROM i.username`,
};

/** Keeps the names by which people can be found in WhatsApp. Of several for one contact the last. */
export async function setUsernames(tx: SystemTx, names: readonly { tenantId: TenantId; contactId: string; username: string }[]): Promise<void> {
  if (names.length === 0) return;
  await tx.query(SET_USERNAMES, columns(names, (n) => n.tenantId, (n) => n.contactId, (n) => n.username));
}
