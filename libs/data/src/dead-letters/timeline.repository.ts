import type { TimelineAttempt, TimelineEvent, TimelineHold, TimelineStep } from '@parley/domain';
import { holdIds } from '../sending/holds.repository.js';
import type { TenantTx } from '../tenant-db.js';

/** What a timeline reads of the message itself. */
export interface TimelineMessage {
  direction: 'INBOUND' | 'OUTBOUND';
  kind: string;
  state: string;
  waitCause: string | null;
  reason: string | null;
  errorText: string | null;
  duplicateSuspected: boolean;
  hasMedia: boolean;
  /** WhatsApp is switched off for the organisation, or it is suspended. */
  isModuleOff: boolean;
  lane: number;
  numberId: string;
  perSecond: number;
  createdAt: Date;
  sendAt: Date | null;
  leftAt: Date | null;
  now: Date;
}

/** Around each moment that is known, in which the events of the same moment are looked for. */
const EVENT_MARGIN_MS = 2_000;
/** Of the tenant's messages that were accepted after this one so many are looked at for one that left before it. */
const OVERTAKERS_LOOKED_AT = 1_000;

const MESSAGE = `
  SELECT m.direction, m.kind, m.state::text AS state, m.wait_cause AS "waitCause", m.reason, m.error_text AS "errorText",
         m.duplicate_suspected AS "duplicateSuspected", coalesce(cardinality(m.media_ids) > 0, false) AS "hasMedia", m.lane, m.phone_number_id AS "numberId",
         n.per_second AS "perSecond", m.created_at AS "createdAt", m.send_at AS "sendAt", m.sending_at AS "leftAt", now() AS now,
         NOT (te.whatsapp_enabled AND te.state = 'ACTIVE') AS "isModuleOff"
    FROM messages m
    JOIN tenants te ON te.id = m.tenant_id
    JOIN phone_numbers n ON n.tenant_id = m.tenant_id AND n.id = m.phone_number_id
   WHERE m.tenant_id = $1::uuid AND m.id = $2::uuid`;

const STEPS = `
  SELECT e.at, e.type, e.detail FROM message_events e
   WHERE e.tenant_id = $1::uuid AND e.message_id = $2::uuid AND e.id >= uuid_v7_floor($3::timestamptz - interval '1 minute') ORDER BY e.id`;

const ATTEMPTS = `
  SELECT a.id, a.number, a.started_at AS "startedAt", a.finished_at AS "finishedAt", a.outcome::text AS outcome, a.http_status AS "httpStatus",
         a.error_code AS "errorCode", a.error_subcode AS "errorSubcode", a.error_text AS "errorText", a.trace_id AS "traceId",
         a.next_attempt_at AS "nextAttemptAt", a.answer #>> '{messages,0,id}' AS wamid
    FROM message_attempts a WHERE a.tenant_id = $1::uuid AND a.message_id = $2::uuid ORDER BY a.number, a.started_at`;

const HOLDS = `
  SELECT h.cause, h.reason, h.began_at AS "beganAt", h.until, h.ended_at AS "endedAt"
    FROM phone_numbers n
    JOIN holds h ON h.tenant_id = n.tenant_id AND h.scope_id = ANY (${holdIds('n')}) AND coalesce(h.ended_at, h.until, now()) >= $3::timestamptz
   WHERE n.tenant_id = $1::uuid AND n.id = $2::uuid
   ORDER BY h.began_at`;

const OVERTAKERS = `
  SELECT o.sending_at AS at FROM (
    SELECT m.phone_number_id, m.lane, m.sending_at FROM messages m
     WHERE m.tenant_id = $1::uuid AND m.id > $2::uuid ORDER BY m.id LIMIT ${OVERTAKERS_LOOKED_AT}
  ) o
   WHERE o.phone_number_id = $3::uuid AND o.lane < $4::int AND o.sending_at <= $5::timestamptz`;

// By the index of the time, one span at a time: events are not found by what they are about, and a span whose bounds the
// planner knows is read from one partition and a few pages.
const EVENTS = `
  SELECT e.id, e.type, e.at FROM events e
   WHERE e.id >= uuid_v7_floor($3::timestamptz) AND e.id < uuid_v7_floor($4::timestamptz)
     AND e.tenant_id = $1::uuid AND e.resource_id = $2::uuid AND e.resource_type = 'message'
   ORDER BY e.id`;

export async function readTimelineMessage(tx: TenantTx, tenantId: string, id: string): Promise<TimelineMessage | null> {
  return (await tx.$queryRawUnsafe<TimelineMessage[]>(MESSAGE, tenantId, id))[0] ?? null;
}

export function readTimelineSteps(tx: TenantTx, tenantId: string, id: string, createdAt: Date): Promise<TimelineStep[]> {
  return tx.$queryRawUnsafe<TimelineStep[]>(STEPS, tenantId, id, createdAt);
}

export function readTimelineAttempts(tx: TenantTx, tenantId: string, id: string): Promise<(TimelineAttempt & { wamid: string | null })[]> {
  return tx.$queryRawUnsafe<(TimelineAttempt & { wamid: string | null })[]>(ATTEMPTS, tenantId, id);
}

/** What held the number, its account or the tenant since then. */
export function readTimelineHolds(tx: TenantTx, tenantId: string, numberId: string, since: Date): Promise<TimelineHold[]> {
  return tx.$queryRawUnsafe<TimelineHold[]>(HOLDS, tenantId, numberId, since);
}

/** When messages of better lanes that were accepted after this one left before it. */
export async function readOvertakers(tx: TenantTx, tenantId: string, id: string, { numberId, lane, leftAt, now }: TimelineMessage): Promise<Date[]> {
  if (lane === 0) return [];
  const rows = await tx.$queryRawUnsafe<{ at: Date }[]>(OVERTAKERS, tenantId, id, numberId, lane, leftAt ?? now);
  return rows.map(({ at }) => at);
}

/** The events about a message that were written at these moments. */
export async function readTimelineEvents(tx: TenantTx, tenantId: string, id: string, moments: readonly Date[]): Promise<TimelineEvent[]> {
  const events: TimelineEvent[] = [];
  for (const [from, until] of spansAround(moments)) events.push(...(await tx.$queryRawUnsafe<TimelineEvent[]>(EVENTS, tenantId, id, from, until)));
  return events;
}

/** What lies around the moments, without an overlap. */
function spansAround(moments: readonly Date[]): [Date, Date][] {
  const spans: [Date, Date][] = [];
  for (const ms of moments.map((at) => at.getTime()).sort((a, b) => a - b)) {
    const [from, until] = [new Date(ms - EVENT_MARGIN_MS), new Date(ms + EVENT_MARGIN_MS)];
    const last = spans.at(-1);
    if (last && last[1] >= from) last[1] = until;
    else spans.push([from, until]);
  }
  return spans;
}
