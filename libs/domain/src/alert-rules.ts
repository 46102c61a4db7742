import type { AlertKind, AlertSeverity, Incident, IncidentOf } from './alert.js';
import { ofNumber, ofPlatform, ofTenant, type Made, type NumberCount, type TenantCount } from './alert-subjects.js';

/** Rules of alerts over figures: facts in, incidents out. Thresholds come from the configuration; nothing here asks anybody. */

/**
 * One incident for each tenant at or over the threshold; and one of the platform where the others, each below it, come to
 * it together. So no message is counted in two incidents.
 */
function overThreshold<K extends AlertKind>(counts: readonly TenantCount[], threshold: number, make: (count: number) => Made<K>): IncidentOf<K>[] {
  const over = counts.filter(({ count }) => count >= threshold);
  const rest = counts.reduce((sum, { count }) => sum + (count < threshold ? count : 0), 0);
  const incidents = over.map(({ tenantId, count }) => ofTenant(tenantId, make(count)));
  return rest >= threshold ? [...incidents, ofPlatform(make(rest))] : incidents;
}

/** Ten times a threshold is no longer a warning. */
const severityBy = (count: number, threshold: number): AlertSeverity => (count >= threshold * 10 ? 'critical' : 'warning');

/** Dead letters that came within the window. */
export function deadLetterGrowth(counts: readonly TenantCount[], rule: { threshold: number; windowMinutes: number }): Incident[] {
  return overThreshold(counts, rule.threshold, (count) => ({
    kind: 'dead_letter_growth',
    severity: severityBy(count, rule.threshold),
    facts: { count, ...rule },
  }));
}

/** Messages due for a while, neither held nor scheduled. */
export function queueDepth(counts: readonly TenantCount[], rule: { threshold: number; dueSeconds: number }): Incident[] {
  return overThreshold(counts, rule.threshold, (count) => ({
    kind: 'queue_depth',
    severity: severityBy(count, rule.threshold),
    facts: { count, ...rule },
  }));
}

export interface StuckFacts {
  readonly tenantId: string;
  readonly queued: number;
  readonly sending: number;
}

/** Messages tried again and again for hours. One is enough. */
export function stuckMessages(found: readonly StuckFacts[], rule: { attempts: number; ageMinutes: number }): Incident[] {
  return found
    .filter(({ queued, sending }) => queued + sending > 0)
    .map(({ tenantId, queued, sending }) => ofTenant(tenantId, { kind: 'stuck_messages', severity: 'warning', facts: { queued, sending, ...rule } }));
}

/** Messages that needed so many attempts, whatever became of them. */
export function escalation(counts: readonly TenantCount[], rule: { attempts: number }): Incident[] {
  return counts
    .filter(({ count }) => count > 0)
    .map(({ tenantId, count }) => ofTenant(tenantId, { kind: 'escalation', severity: 'warning', facts: { count, ...rule } }));
}

/** Messages that Meta may have taken and never told of, parked as dead letters: each of them is for a person to decide. */
export function uncertainOutcomes(counts: readonly TenantCount[], rule: { windowMinutes: number }): Incident[] {
  return counts
    .filter(({ count }) => count > 0)
    .map(({ tenantId, count }) => ofTenant(tenantId, { kind: 'uncertain_outcome', severity: 'warning', facts: { count, ...rule } }));
}

/** What became of the sends of one tenant; `failedAccepted` are those of the failed that Meta had accepted first. */
export interface SendTally {
  readonly tenantId: string;
  readonly channel: string;
  readonly accepted: number;
  readonly failed: number;
  readonly failedAccepted: number;
}

/** Messages whose end is known, and the share of them that failed; 0 where there is none. */
export function failureRate({ accepted, failed, failedAccepted }: Pick<SendTally, 'accepted' | 'failed' | 'failedAccepted'>): {
  finished: number;
  rate: number;
} {
  const finished = accepted + failed - failedAccepted;
  return { finished, rate: finished > 0 ? Math.min(1, failed / finished) : 0 };
}

/** A channel on which too many sends fail. Few sends say nothing: `minimum` of them must have ended. */
export function failingChannels(tallies: readonly SendTally[], rule: { percent: number; windowMinutes: number; minimum: number }): Incident[] {
  return tallies.flatMap((tally) => {
    const { finished, rate } = failureRate(tally);
    if (finished < rule.minimum || rate * 100 < rule.percent) return [];
    const facts = { channel: tally.channel, failed: tally.failed, finished, percent: Math.round(rate * 100), windowMinutes: rule.windowMinutes };
    const { tenantId, channel } = tally;
    const severity = rate >= 0.7 ? 'critical' : 'warning';
    return [{ kind: 'failure_rate', tenantId, objectType: 'channel', objectId: channel, subject: channel, severity, facts }];
  });
}

/** How much of a limit is used: of a tenant's quota, or of the tier that numbers of one account share. */
export interface LimitUse {
  readonly tenantId: string;
  readonly limit: 'quota' | 'tier';
  /** The tenant for its quota; the account for a tier. */
  readonly objectId: string;
  readonly subject: string | null;
  readonly used: number;
  readonly of: number;
}

/** Limits close to their end, and spent ones. */
export function spentLimits(uses: readonly LimitUse[], rule: { percent: number; windowMinutes: number }): Incident[] {
  return uses
    .filter(({ used, of }) => of > 0 && (used / of) * 100 >= rule.percent)
    .map(({ tenantId, limit, objectId, subject, used, of }) => ({
      kind: 'limits',
      tenantId,
      objectType: limit === 'quota' ? 'tenant' : 'account',
      objectId,
      subject,
      severity: used >= of ? 'critical' : 'warning',
      facts: { limit, used, of, windowMinutes: rule.windowMinutes },
    }));
}

/** Tenants that Meta throttled in so many different minutes of the window: once is no more than a full window. */
export function repeatedThrottling(minutes: readonly TenantCount[], rule: { threshold: number; windowMinutes: number }): Incident[] {
  return minutes
    .filter(({ count }) => count >= rule.threshold)
    .map(({ tenantId, count }) => ({
      kind: 'limits',
      tenantId,
      objectType: 'channel',
      objectId: 'throttling',
      subject: null,
      severity: 'warning',
      facts: { limit: 'throttling', used: count, of: rule.threshold, windowMinutes: rule.windowMinutes },
    }));
}

/** Numbers that send, and of which Meta tells nothing. */
export function silentWebhooks(numbers: readonly NumberCount[], rule: { minimum: number; minutes: number }): Incident[] {
  return numbers
    .filter(({ count }) => count >= rule.minimum)
    .map((number) => ofNumber(number, { kind: 'webhooks_silent', severity: 'critical', facts: { sent: number.count, minutes: rule.minutes } }));
}
