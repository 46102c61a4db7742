/** What a message may wait for while its validity stands still. */
const STANDING_CAUSES = ['quota', 'tier', 'template', 'campaign'] as const;

/** SQL: for how many seconds validity stood still in the wait that ends now. @param m alias of a waiting row of messages */
export const stoodSeconds = (m: string): string => `
  CASE WHEN ${m}.wait_cause IN (${STANDING_CAUSES.map((cause) => `'${cause}'`).join(', ')}) THEN extract(epoch FROM now() - ${m}.updated_at)::int ELSE 0 END`;

/**
 * SQL: whether a message is no longer valid. What a hold or such a wait took from it is given back first, but not to
 * authentication (lane 0): a code is soon of no use. Costs a comparison until the nominal end.
 * @param m alias of a row of messages
 * @param holdIds the ids under which its number can be held
 * @param standing SQL: seconds in which its validity stood still and that are not on the row yet
 */
export const isExpired = (m: string, holdIds: string, standing = '0'): string => `
  CASE WHEN coalesce(${m}.valid_until > now(), true) THEN false
       WHEN ${m}.lane = 0 THEN true
       ELSE ${m}.valid_until + make_interval(secs => coalesce(${m}.stood_seconds, 0) + (${standing}))
              + held_for(${m}.tenant_id, ${holdIds}, coalesce(${m}.send_at, ${m}.created_at)) <= now() END`;
