import { fingerprintOf, type AlertChange, type AlertKind, type AlertTelling, type Incident, type KnownAlert } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemQueries, SystemTx } from '../system-db.js';

/** Holds the lock until the transaction ends; a worker that comes meanwhile leaves the round to this one. */
const LOCK: Statement = { name: 'alerts.lock', text: `SELECT pg_try_advisory_xact_lock(hashtext('parley.alerts')) AS locked, now()` };

const DUE_CHECKS: Statement = {
  name: 'alerts.due-checks',
  text: `
    SELECT i.name, coalesce(c.checked_at, '-infinity') AS since
      FROM unnest($1::text[], $2::int[]) AS i (name, seconds)
      LEFT JOIN alert_checks c ON c.name = i.name
     WHERE c.checked_at IS NULL OR c.checked_at <= now() - make_interval(secs => i.seconds)`,
};

const CHECKED: Statement = {
  name: 'alerts.checked',
  text: `INSERT INTO alert_checks (name, checked_at) VALUES ($1, now()) ON CONFLICT (name) DO UPDATE SET checked_at = excluded.checked_at`,
};

const KNOWN: Statement = {
  name: 'alerts.known',
  text: `
    SELECT id, fingerprint, kind, state, severity, told, told_at AS "toldAt", last_seen_at AS "lastSeenAt", version
      FROM alerts WHERE state = 'OPEN' AND kind = ANY ($1::text[])
    UNION ALL
    SELECT id, fingerprint, kind, state, severity, told, told_at, last_seen_at, version
      FROM alerts WHERE state = 'RESOLVED' AND resolved_at > now() - make_interval(secs => $2) AND kind = ANY ($1::text[])`,
};

const OPEN: Statement = {
  name: 'alerts.open',
  text: `
    INSERT INTO alerts (tenant_id, kind, fingerprint, object_type, object_id, subject, severity, facts, told)
    SELECT tenant_id, kind, fingerprint, object_type, object_id, subject, severity, facts::json, 'opened'
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
           AS i (tenant_id, kind, fingerprint, object_type, object_id, subject, severity, facts)
    ON CONFLICT (fingerprint) WHERE state = 'OPEN' DO NOTHING
    RETURNING id, kind, 'open' AS change, 'opened' AS tells, facts`,
};

const SEE: Statement = {
  name: 'alerts.see',
  text: `
    UPDATE alerts a
       SET state = 'OPEN', resolved_at = NULL, last_seen_at = now(), severity = i.severity, subject = i.subject, facts = i.facts::json,
           told = coalesce(i.tells, a.told), told_at = CASE WHEN i.tells IS NULL THEN a.told_at ELSE now() END, version = a.version + 1
      FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[]) AS i (id, version, severity, subject, facts, tells)
     WHERE a.id = i.id AND a.version = i.version
    RETURNING a.id, a.kind, 'see' AS change, i.tells, a.facts`,
};

const RESOLVE: Statement = {
  name: 'alerts.resolve',
  text: `
    UPDATE alerts a
       SET state = 'RESOLVED', resolved_at = now(), told = coalesce(i.tells, a.told),
           told_at = CASE WHEN i.tells IS NULL THEN a.told_at ELSE now() END, version = a.version + 1
      FROM unnest($1::uuid[], $2::int[], $3::text[]) AS i (id, version, tells)
     WHERE a.id = i.id AND a.version = i.version AND a.state = 'OPEN'
    RETURNING a.id, a.kind, 'resolve' AS change, i.tells, a.facts`,
};

// Whom an end is told: those who were told of the incident.
const PLAN: Statement = {
  name: 'alerts.plan-deliveries',
  text: `
    INSERT INTO alert_deliveries (tenant_id, alert_id, channel_id, tells)
    SELECT c.tenant_id, a.id, c.id, i.tells
      FROM unnest($1::uuid[], $2::text[]) AS i (alert_id, tells)
      JOIN alerts a ON a.id = i.alert_id
      JOIN alert_channels c ON (c.tenant_id = a.tenant_id OR c.tenant_id IS NULL) AND c.removed_at IS NULL AND c.enabled
       AND (c.kinds = '{}' OR a.kind = ANY (c.kinds))
       AND array_position(ARRAY['info', 'warning', 'critical'], a.severity) >= array_position(ARRAY['info', 'warning', 'critical'], c.min_severity)
     WHERE i.tells <> 'resolved'
        OR (SELECT true FROM alert_deliveries d WHERE d.alert_id = a.id AND d.channel_id = c.id LIMIT 1)
     ORDER BY a.id, c.id`,
};

const FORGET: Statement = {
  name: 'alerts.forget',
  text: `
    WITH old AS (DELETE FROM alerts WHERE state = 'RESOLVED' AND resolved_at < now() - make_interval(days => $1) RETURNING 1)
    SELECT count(*)::int AS count FROM old`,
};

const LIST: Statement = {
  name: 'alerts.list',
  text: `
    SELECT id, tenant_id AS "tenantId", kind, object_type AS "objectType", object_id AS "objectId", subject, severity, state, facts,
           opened_at AS "openedAt", last_seen_at AS "lastSeenAt", resolved_at AS "resolvedAt"
      FROM alerts
     WHERE ($1::uuid IS NULL OR id < $1) AND ($3::text IS NULL OR state = $3) AND ($4::text IS NULL OR kind = $4)
     ORDER BY id DESC LIMIT $2`,
};

/** A row of the table, as lists show it. */
export interface AlertRow {
  id: string;
  tenantId: string | null;
  kind: string;
  objectType: string;
  objectId: string;
  subject: string | null;
  severity: string;
  state: string;
  facts: unknown;
  openedAt: Date;
  lastSeenAt: Date;
  resolvedAt: Date | null;
}

/** What a change did; `tells` is null where nobody is told. */
export interface AppliedChange {
  id: string;
  kind: AlertKind;
  change: AlertChange['change'];
  tells: AlertTelling | null;
  facts: Readonly<Record<string, unknown>>;
}

/** A check whose time has come, and when it was done last; `-Infinity` for never. */
export interface DueCheck<Name extends string> {
  name: Name;
  since: Date | number;
}

/** A round of checks is one worker's: null where another one is at it. Answers the database's time. */
export async function lockAlertRound(tx: SystemTx): Promise<Date | null> {
  const [row] = await tx.query<{ locked: boolean; now: Date }>(LOCK);
  return row?.locked ? row.now : null;
}

/** The checks that are due, by whichever worker they were done last. */
export function dueChecks<Name extends string>(tx: SystemTx, intervals: readonly { readonly name: Name; readonly everySeconds: number }[]): Promise<DueCheck<Name>[]> {
  return tx.query<DueCheck<Name>>(DUE_CHECKS, columns(intervals, (check) => check.name, (check) => check.everySeconds));
}

export async function noteChecked(tx: SystemTx, name: string): Promise<void> {
  await tx.query(CHECKED, [name]);
}

/** The incidents of these kinds that are open, and those that ended so lately that they may come back. */
export function knownAlerts(tx: SystemTx, kinds: readonly AlertKind[], cooldownSeconds: number): Promise<KnownAlert[]> {
  return tx.query<KnownAlert>(KNOWN, [kinds, cooldownSeconds]);
}

/**
 * Writes the changes, each as a compare-and-set, and plans their tellings for every channel that wants them.
 * @returns the changes that were written: what another worker did first is not among them
 */
export async function applyAlertChanges(tx: SystemTx, changes: readonly AlertChange[]): Promise<AppliedChange[]> {
  const applied = [
    ...(await open(tx, changes.filter((change) => change.change === 'open'))),
    ...(await see(tx, changes.filter((change) => change.change === 'see'))),
    ...(await resolve(tx, changes.filter((change) => change.change === 'resolve'))),
  ];
  const told = applied.filter(({ tells }) => tells !== null);
  if (told.length > 0) await tx.query(PLAN, columns(told, (change) => change.id, (change) => change.tells));
  return applied;
}

/** Forgets incidents that have been over for so many days, and their deliveries. */
export async function forgetAlerts(db: SystemQueries, olderThanDays: number): Promise<number> {
  return (await db.query<{ count: number }>(FORGET, [olderThanDays]))[0]?.count ?? 0;
}

/** Incidents of all tenants and of the platform, newest first, at most `take`, below `before`. */
export function listAlerts(
  db: SystemQueries,
  window: { take: number; before: string | undefined },
  filter: { state?: string | undefined; kind?: string | undefined },
): Promise<AlertRow[]> {
  return db.query<AlertRow>(LIST, [window.before ?? null, window.take, filter.state ?? null, filter.kind ?? null]);
}

type Of<C extends AlertChange['change']> = Extract<AlertChange, { change: C }>;

function open(tx: SystemTx, changes: readonly Of<'open'>[]): Promise<AppliedChange[]> {
  if (changes.length === 0) return Promise.resolve([]);
  const incidents = changes.map(({ incident }) => incident);
  const of = (field: keyof Incident) => (incident: Incident) => incident[field];
  const values = columns(incidents, of('tenantId'), of('kind'), fingerprintOf, of('objectType'), of('objectId'), of('subject'), of('severity'), factsOf);
  return tx.query<AppliedChange>(OPEN, values);
}

function see(tx: SystemTx, changes: readonly Of<'see'>[]): Promise<AppliedChange[]> {
  if (changes.length === 0) return Promise.resolve([]);
  const values = columns(
    changes,
    ({ alert }) => alert.id,
    ({ alert }) => alert.version,
    ({ incident }) => incident.severity,
    ({ incident }) => incident.subject,
    ({ incident }) => factsOf(incident),
    ({ tells }) => tells,
  );
  return tx.query<AppliedChange>(SEE, values);
}

function resolve(tx: SystemTx, changes: readonly Of<'resolve'>[]): Promise<AppliedChange[]> {
  if (changes.length === 0) return Promise.resolve([]);
  return tx.query<AppliedChange>(RESOLVE, columns(changes, ({ alert }) => alert.id, ({ alert }) => alert.version, ({ tells }) => tells));
}

const factsOf = ({ facts }: Incident): string => JSON.stringify(facts);
