import { DomainError, mayBeOnePerson, type Identity } from '@parley/domain';
import type { Statement, SystemTx } from '../system-db.js';
import { ownName, shownName } from './contact-names.repository.js';
import { takeConsents } from './merge-consents.js';
import { moveConversations, type ContactPair } from './merge-conversations.js';
import { lockContacts, noteContact, steerMerge, survivorOf, writeMerge, type LockedContact, type MovedByMerge, type StoredMerge } from './merges.repository.js';

/** What a contact that lacks it takes from one that is joined to it. */
const TAKEN_COLUMNS = ['customer_id', 'context', 'given_name', 'book_name', 'book_at', 'profile_name', 'username'] as const;

const MARK: Statement = {
  name: 'merges.mark-contacts',
  text: `
    WITH followers AS (
      UPDATE contacts c SET merged_into = $3 WHERE c.tenant_id = $1 AND c.merged_into = $2 RETURNING c.id
    ), gone AS (
      UPDATE contacts c SET merged_into = $3, updated_at = now() WHERE c.tenant_id = $1 AND c.id = $2
    ), stays AS (
      UPDATE contacts k
         SET ${TAKEN_COLUMNS.map((column) => `${column} = coalesce(k.${column}, f.${column})`).join(', ')},
             name = ${shownName('coalesce(k.given_name, f.given_name)', 'coalesce(k.book_name, f.book_name)', `coalesce(${ownName('k')}, ${ownName('f')})`, 'coalesce(k.username, f.username)')},
             last_inbound_at = greatest(k.last_inbound_at, f.last_inbound_at), identity_changed_at = greatest(k.identity_changed_at, f.identity_changed_at),
             updated_at = now()
        FROM contacts f WHERE k.tenant_id = $1 AND k.id = $3 AND f.tenant_id = $1 AND f.id = $2
    )
    SELECT id FROM followers`,
};

/** Gives the identities of one contact to another, those that were given up as well. */
const IDENTITIES: Statement = {
  name: 'merges.move-identities',
  text: `
    WITH retired AS (
      UPDATE retired_identities r SET contact_id = $3 WHERE r.tenant_id = $1 AND r.contact_id = $2
    )
    UPDATE contact_identities i SET contact_id = $3 WHERE i.tenant_id = $1 AND i.contact_id = $2 RETURNING i.kind::text AS kind, i.value`,
};

const TAGS: Statement = {
  name: 'merges.move-tags',
  text: `
    WITH gone AS (
      DELETE FROM contact_tags t WHERE t.tenant_id = $1 AND t.contact_id = $2 RETURNING t.tag
    ), added AS (
      INSERT INTO contact_tags (tenant_id, contact_id, tag) SELECT $1::uuid, $3::uuid, tag FROM gone ON CONFLICT DO NOTHING RETURNING tag
    )
    SELECT ARRAY(SELECT tag FROM gone ORDER BY tag) AS tags, ARRAY(SELECT tag FROM added ORDER BY tag) AS "addedTags"`,
};

// A campaign writes to nobody twice: where both are in it and the one still waits, that one is skipped.
const RECIPIENTS: Statement = {
  name: 'merges.move-recipients',
  text: `
    WITH own AS MATERIALIZED (
      SELECT r.campaign_id, r.position,
             coalesce((SELECT true FROM campaign_recipients o WHERE o.tenant_id = $1 AND o.campaign_id = c.id
                          AND coalesce(o.contact_id::text, o.phone) = $3::uuid::text LIMIT 1), false) AS twice
        FROM campaigns c
        JOIN campaign_recipients r ON r.tenant_id = c.tenant_id AND r.campaign_id = c.id AND coalesce(r.contact_id::text, r.phone) = $2::uuid::text
       WHERE c.tenant_id = $1 AND c.state IN ('DRAFT', 'SCHEDULED', 'RUNNING', 'PAUSED')
    ), moved AS (
      UPDATE campaign_recipients r SET contact_id = $3::uuid, updated_at = now()
        FROM own o WHERE NOT o.twice AND r.tenant_id = $1 AND r.campaign_id = o.campaign_id AND r.position = o.position
    ), skipped AS (
      UPDATE campaign_recipients r SET state = 'SKIPPED', reason = 'recipient.duplicate', variant = 0, updated_at = now()
        FROM own o WHERE o.twice AND r.tenant_id = $1 AND r.campaign_id = o.campaign_id AND r.position = o.position AND r.state || '' = 'WAITING'
      RETURNING r.campaign_id
    )
    INSERT INTO campaign_tallies AS t (tenant_id, campaign_id, variant, state, reason, count)
    SELECT $1::uuid, campaign_id, 0, 'SKIPPED', 'recipient.duplicate', count(*) FROM skipped GROUP BY campaign_id ORDER BY campaign_id
    ON CONFLICT (tenant_id, campaign_id, variant, state, reason) DO UPDATE SET count = t.count + excluded.count`,
};

/** What a merge would do, and what it did. */
export interface ContactMerge extends ContactPair {
  id: string;
  moved: MovedByMerge;
}

/**
 * Makes one contact of two: identities, conversations, tags and recipients of campaigns go to the one that stays, the
 * stricter consent wins, and the id of the other keeps leading to it. Messages follow in chunks (`followMerges`). All of it can
 * be undone (`splitContact`).
 * @throws contact.not-found, contact.state-conflict
 */
export async function mergeContacts(tx: SystemTx, asked: ContactPair, actor: string, dueId: string | null = null): Promise<ContactMerge> {
  const intoId = await survivorOf(tx, asked.tenantId, asked.intoId);
  if (intoId === null) throw unknownContact();
  const pair = { ...asked, intoId };
  if (pair.fromId === pair.intoId) throw conflict('The two are one contact already.');
  // Conversations before contacts, as inbound messages lock them.
  const moved = await moveConversations(tx, pair, actor);
  const contacts = await lockContacts(tx, pair.tenantId, [pair.fromId, pair.intoId]);
  const [from, into] = [contacts.get(pair.fromId), contacts.get(pair.intoId)];
  if (!from || !into) throw unknownContact();
  if (from.mergedInto !== null || into.mergedInto !== null) throw conflict('One of the contacts has been joined to another one.');
  const all: MovedByMerge = { ...moved, ...(await moveBelongings(tx, pair, actor)), taken: takenColumns(from, into) };
  const { id } = await writeMerge(tx, pair, dueId, actor, all);
  await noteContact(tx, pair.tenantId, pair.intoId, 'merged', actor, { from: pair.fromId, mergeId: id, identities: all.identities }, id);
  return { ...pair, id, moved: all };
}

async function moveBelongings(tx: SystemTx, pair: ContactPair, actor: string): Promise<Pick<MovedByMerge, 'followers' | 'identities' | 'tags' | 'addedTags' | 'consents'>> {
  const ids = [pair.tenantId, pair.fromId, pair.intoId];
  const followers = (await tx.query<{ id: string }>(MARK, ids)).map(({ id }) => id);
  const identities = await moveIdentities(tx, pair);
  const [tags] = await tx.query<{ tags: string[]; addedTags: string[] }>(TAGS, ids);
  await tx.query(RECIPIENTS, ids);
  return { followers, identities, ...tags!, consents: await takeConsents(tx, pair, actor) };
}

/** Gives what ids the one contact has to the other. */
export function moveIdentities(tx: SystemTx, { tenantId, fromId, intoId }: ContactPair): Promise<Identity[]> {
  return tx.query<Identity>(IDENTITIES, [tenantId, fromId, intoId]);
}

const takenColumns = (from: LockedContact, into: LockedContact): string[] =>
  TAKEN_COLUMNS.filter((column) => (into.row[column] ?? null) === null && (from.row[column] ?? null) !== null);

const USER_IDS: Statement = {
  name: 'merges.user-ids',
  text: `
    SELECT contact_id AS "contactId", value FROM contact_identities
     WHERE tenant_id = $1 AND contact_id = ANY ($2::uuid[]) AND kind = 'bsuid'`,
};

/** Makes a merge that Meta's words call for; two contacts with a user id each stay two unless Meta said that one became the other. @returns whether it was made */
export async function mergeDue(tx: SystemTx, due: StoredMerge): Promise<boolean> {
  const { tenantId, actor } = due;
  const [fromId, intoId] = [await survivorOf(tx, tenantId, due.fromId), await survivorOf(tx, tenantId, due.intoId)];
  if (fromId === null || intoId === null || fromId === intoId) return end(tx, due, 'DONE');
  const userIds = await tx.query<{ contactId: string; value: string }>(USER_IDS, [tenantId, [fromId, intoId]]);
  const idsOf = (contactId: string): string[] => userIds.filter((one) => one.contactId === contactId).map(({ value }) => value);
  if (actor !== 'meta:change' && !mayBeOnePerson(idsOf(fromId), idsOf(intoId))) return end(tx, due, 'KEPT');
  await mergeContacts(tx, { tenantId, fromId, intoId }, actor, due.id);
  return true;
}

async function end(tx: SystemTx, due: StoredMerge, state: 'DONE' | 'KEPT'): Promise<boolean> {
  await steerMerge(tx, { ...due, state });
  return false;
}

const unknownContact = (): DomainError => new DomainError('contact.not-found', 'There is no such contact.', { errors: [{ pointer: '/intoId', code: 'contact.not-found', detail: 'There is no such contact.' }] });

const conflict = (detail: string): DomainError => new DomainError('contact.state-conflict', detail);
