import { fingerprintOf, isAtLeast, type AlertKind, type AlertSeverity, type Incident } from './alert.js';

/** What people are told of an incident. */
export const ALERT_TELLINGS = ['opened', 'worse', 'reminder', 'resolved'] as const;

export type AlertTelling = (typeof ALERT_TELLINGS)[number];

/** An incident that is kept: open, or over for a short time. */
export interface KnownAlert {
  readonly id: string;
  readonly fingerprint: string;
  readonly kind: AlertKind;
  readonly state: 'OPEN' | 'RESOLVED';
  readonly severity: AlertSeverity;
  /** What was told last, and when. */
  readonly told: AlertTelling;
  readonly toldAt: Date;
  readonly lastSeenAt: Date;
  /** Every change is a compare-and-set on it. */
  readonly version: number;
}

export interface AlertPolicy {
  /** An incident that comes back so soon after it was told to be over is the same one, and nothing is told yet. */
  readonly cooldownMs: number;
  /** An open incident is told again after so long. */
  readonly remindMs: number;
  /** It is over once nobody has seen it for so long: what flaps is one incident. */
  readonly calmMs: number;
}

/** What is to be written, and what is to be told; `tells` is null where nobody needs to hear of it. */
export type AlertChange =
  | { readonly change: 'open'; readonly incident: Incident; readonly tells: 'opened' }
  | { readonly change: 'see'; readonly alert: KnownAlert; readonly incident: Incident; readonly tells: 'worse' | 'reminder' | null }
  | { readonly change: 'resolve'; readonly alert: KnownAlert; readonly tells: 'resolved' | null };

/** States that last until somebody acts at leisure: telling of them again helps nobody. */
const NEVER_REMINDED: ReadonlySet<AlertKind> = new Set(['template_stopped', 'quality_dropped']);

/**
 * What a look changes: `known` are the kept incidents of the kinds that were looked at, `incidents` what was seen.
 * Opened once, told once, reminded while it lasts, resolved once.
 */
export function alertChanges(known: readonly KnownAlert[], incidents: readonly Incident[], now: Date, policy: AlertPolicy): AlertChange[] {
  const seen = worstOfEach(incidents);
  const kept = newestOf(known);
  const changes = [...seen].map(([fingerprint, incident]) => present(kept.get(fingerprint), incident, now, policy));
  const gone = [...kept.values()].filter(({ fingerprint, state }) => state === 'OPEN' && !seen.has(fingerprint));
  return [...changes, ...gone.flatMap((alert) => absent(alert, now, policy))];
}

/** A number may be held for two causes at once: that is one incident, as bad as the worse of them. */
function worstOfEach(incidents: readonly Incident[]): ReadonlyMap<string, Incident> {
  const worst = new Map<string, Incident>();
  for (const incident of incidents) {
    const fingerprint = fingerprintOf(incident);
    const other = worst.get(fingerprint);
    if (!other || !isAtLeast(other.severity, incident.severity)) worst.set(fingerprint, incident);
  }
  return worst;
}

/** By fingerprint: the open one, else the one that was seen last. */
function newestOf(known: readonly KnownAlert[]): ReadonlyMap<string, KnownAlert> {
  const newest = new Map<string, KnownAlert>();
  for (const alert of known) {
    const other = newest.get(alert.fingerprint);
    const isNewer = !other || alert.state === 'OPEN' || (other.state !== 'OPEN' && alert.lastSeenAt > other.lastSeenAt);
    if (isNewer) newest.set(alert.fingerprint, alert);
  }
  return newest;
}

function present(alert: KnownAlert | undefined, incident: Incident, now: Date, policy: AlertPolicy): AlertChange {
  const sinceToldMs = alert ? now.getTime() - alert.toldAt.getTime() : 0;
  if (!alert || (alert.state === 'RESOLVED' && sinceToldMs >= policy.cooldownMs)) return { change: 'open', incident, tells: 'opened' };
  if (!isAtLeast(alert.severity, incident.severity)) return { change: 'see', alert, incident, tells: 'worse' };
  // What came back in silence is told once the cooldown is over and it is still there.
  const dueMs = alert.told === 'resolved' ? policy.cooldownMs : policy.remindMs;
  const isDue = sinceToldMs >= dueMs && (alert.told === 'resolved' || !NEVER_REMINDED.has(alert.kind));
  return { change: 'see', alert, incident, tells: isDue ? 'reminder' : null };
}

function absent(alert: KnownAlert, now: Date, { calmMs }: AlertPolicy): AlertChange[] {
  if (now.getTime() - alert.lastSeenAt.getTime() < calmMs) return [];
  // Its coming back was not told, so its end needs no telling either.
  return [{ change: 'resolve', alert, tells: alert.told === 'resolved' ? null : 'resolved' }];
}

const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 3_600_000;

/** How long a channel is left alone after so many failures in a row: 30 s, doubled each time, an hour at most. */
export function channelBackoffMs(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1), LAST_RETRY_MS);
}
