import { WAIT_CAUSES } from '@parley/domain';
import { columns } from '../columns.js';
import { blamesRowUnlessAway } from '../halving.js';
import { pgFailure } from '../pg-error.js';
import type { Statement, SystemDb, SystemTx } from '../system-db.js';
import { mergeDue, moveIdentities } from './merge-contacts.js';
import { moveConversations, type ContactPair, type JoinedConversation } from './merge-conversations.js';
import { lockMerge, lockPendingMerge, steerMerge, type StoredMerge } from './merges.repository.js';
import { returnMessages } from './split-contacts.js';

/** Messages that one transaction moves at most. */
export const MERGE_CHUNK = 1_000;
/** What was under way when the contacts were joined still names the old one; after this time nothing is. */
const LINGER_SECONDS = 120;
/** Until the next look at what lingers. */
const LOOK_AGAIN_SECONDS = 10;
/** Until a step that failed is made once more. */
const TRY_AGAIN_SECONDS = 60;

const CAUSES = `(${Object.keys(WAIT_CAUSES).map((cause) => `'${cause}'`).join(', ')})`;

// A message that is just being sent stays until it is sent: the guard of one POST in flight for a pair must not meet two.
// By conversation, and what has none yet by the indexes of what is not over. updated_at stays: doubts are counted from it.
const MOVE: Statement = {
  name: 'merges.move-messages',
  text: `
    WITH named AS MATERIALIZED (
      (SELECT m.id, j.into_id AS place FROM unnest($5::uuid[], $6::uuid[]) AS j (from_id, into_id)
        CROSS JOIN LATERAL (SELECT m.id FROM messages m WHERE m.tenant_id = $1 AND m.conversation_id = j.from_id ORDER BY m.id LIMIT $7) m LIMIT $7)
      UNION ALL
      (SELECT m.id, c.id FROM conversations c
        CROSS JOIN LATERAL (SELECT m.id FROM messages m WHERE m.tenant_id = $1 AND m.conversation_id = c.id AND m.contact_id = $2 LIMIT $7) m
        WHERE c.tenant_id = $1 AND c.contact_id = $3 AND c.id <> ALL ($5::uuid[]) LIMIT $7)
      UNION ALL
      (SELECT m.id, m.conversation_id FROM phone_numbers n
        CROSS JOIN LATERAL (
          SELECT w.id, w.conversation_id FROM messages w
           WHERE w.phone_number_id = n.id AND w.state = 'WAITING' AND w.wait_cause IN ${CAUSES} AND w.contact_id = $2
          UNION ALL
          SELECT u.id, u.conversation_id FROM messages u WHERE u.phone_number_id = n.id AND u.state = 'UNKNOWN' AND u.contact_id = $2
          UNION ALL
          SELECT q.id, q.conversation_id FROM messages q WHERE q.phone_number_id = n.id AND q.state = 'QUEUED' AND q.contact_id = $2) m
        WHERE n.tenant_id = $1 LIMIT $7)
    ), locked AS MATERIALIZED (
      SELECT m.id, m.conversation_id AS was, n.place FROM (SELECT DISTINCT ON (id) id, place FROM named ORDER BY id LIMIT $7) n
        JOIN messages m ON m.tenant_id = $1 AND m.id = n.id
       WHERE m.state || '' NOT IN ('DISPATCHED', 'SENDING')
       ORDER BY m.id FOR UPDATE OF m
    ), kept AS (
      INSERT INTO contact_merge_messages (tenant_id, merge_id, message_id, conversation_id)
      SELECT $1::uuid, $4::uuid, id, was FROM locked WHERE was IS NULL OR was <> place
      ON CONFLICT DO NOTHING
    ), found AS (
      UPDATE message_texts t SET contact_id = $3 FROM locked l WHERE t.tenant_id = $1 AND t.message_id = l.id
    ), moved AS (
      UPDATE messages m SET contact_id = $3, conversation_id = l.place FROM locked l WHERE m.tenant_id = $1 AND m.id = l.id
      RETURNING m.id
    )
    SELECT count(*)::int AS count FROM moved`,
};

const LEFT: Statement = {
  name: 'merges.left-behind',
  text: `
    SELECT (SELECT true FROM conversations c WHERE c.tenant_id = $1 AND c.contact_id = $2 LIMIT 1) AS conversations,
           (SELECT true FROM contact_identities i WHERE i.tenant_id = $1 AND i.contact_id = $2 LIMIT 1) AS identities,
           (SELECT true FROM phone_numbers n CROSS JOIN LATERAL (
              SELECT true FROM messages m WHERE m.phone_number_id = n.id AND m.contact_id = $2 AND m.state IN ('DISPATCHED', 'SENDING') LIMIT 1) m
             WHERE n.tenant_id = $1 LIMIT 1) AS sending`,
};

/** What was done about merges: whom contacts were joined to, and what failed and is tried again later. */
export interface FollowedMerges {
  merged: string[];
  failed: unknown[];
}

/**
 * Joins contacts that turned out to be one, and moves the messages of joined and separated ones, a chunk for each
 * transaction, until nothing is left to do now. Several processes at once share the work, and one that fails stops no other.
 */
export async function followMerges(db: SystemDb, signal: AbortSignal): Promise<FollowedMerges> {
  const followed: FollowedMerges = { merged: [], failed: [] };
  for (let isMore = true; isMore && !signal.aborted; ) isMore = await db.transaction((tx) => followNext(tx, followed));
  return followed;
}

async function followNext(tx: SystemTx, followed: FollowedMerges): Promise<boolean> {
  const merge = await lockPendingMerge(tx);
  if (merge === null) return false;
  try {
    const isMade = await tx.savepoint(() => step(tx, merge));
    if (merge.state === 'DUE' && isMade) followed.merged.push(merge.intoId);
  } catch (error) {
    if (!blamesRowUnlessAway(pgFailure(error))) throw error;
    followed.failed.push(error);
    await steerMerge(tx, merge, TRY_AGAIN_SECONDS);
  }
  return true;
}

/** The same for one merge, and no more chunks than these. */
export async function followMerge(db: SystemDb, merge: Pick<StoredMerge, 'tenantId' | 'id'>, chunks: number): Promise<void> {
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const isMore = await db.transaction(async (tx) => {
      const locked = await lockMerge(tx, merge.tenantId, merge.id);
      return locked !== null && (locked.state === 'MOVING' || locked.state === 'RETURNING') && (await step(tx, locked));
    });
    if (!isMore) return;
  }
}

/** @returns whether the next step may follow at once */
async function step(tx: SystemTx, merge: StoredMerge): Promise<boolean> {
  if (merge.state === 'DUE') return mergeDue(tx, merge);
  return merge.state === 'RETURNING' ? returnMessages(tx, merge) : moveMessages(tx, merge);
}

async function moveMessages(tx: SystemTx, merge: StoredMerge): Promise<boolean> {
  const { tenantId, fromId, intoId, id, moved, mergedAt } = merge;
  const joined = moved.joined ?? [];
  const pairs = columns(joined, (one: JoinedConversation) => one.id, (one: JoinedConversation) => one.intoId);
  const [{ count }] = (await tx.query<{ count: number }>(MOVE, [tenantId, fromId, intoId, id, ...pairs, MERGE_CHUNK])) as [{ count: number }];
  const [left] = await tx.query<{ conversations: true | null; identities: true | null; sending: true | null }>(LEFT, [tenantId, fromId]);
  if (left?.conversations || left?.identities) {
    await steerMerge(tx, { ...merge, moved: await addLate(tx, merge) });
    return true;
  }
  const isMore = count > 0;
  const isOver = !isMore && !left?.sending && mergedAt !== null && Date.now() - mergedAt.getTime() > LINGER_SECONDS * 1_000;
  await steerMerge(tx, { ...merge, state: isOver ? 'DONE' : 'MOVING' }, isMore ? 0 : LOOK_AGAIN_SECONDS);
  return isMore;
}

/** What was written for the old contact while it was joined: an answer that came in, an id that was learnt. */
async function addLate(tx: SystemTx, { moved, actor, ...pair }: StoredMerge & ContactPair): Promise<StoredMerge['moved']> {
  const late = await moveConversations(tx, pair, actor);
  const identities = await moveIdentities(tx, pair);
  return {
    ...moved,
    identities: [...(moved.identities ?? []), ...identities],
    conversations: [...(moved.conversations ?? []), ...late.conversations],
    joined: [...(moved.joined ?? []), ...late.joined],
    notes: [...(moved.notes ?? []), ...late.notes],
  };
}
