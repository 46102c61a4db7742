import type { AlertSeverity, Incident } from './alert.js';
import { ofNumber, ofPlatform, type NumberCount } from './alert-subjects.js';

/** Rules of alerts over states: what is held, stopped or away. */

/** A number and how Meta rates it. */
export interface NumberQuality extends Omit<NumberCount, 'count'> {
  readonly quality: string;
}

export function droppedQuality(numbers: readonly NumberQuality[]): Incident[] {
  return numbers
    .filter(({ quality }) => quality === 'RED' || quality === 'YELLOW')
    .map((number) =>
      ofNumber(number, {
        kind: 'quality_dropped',
        severity: number.quality === 'RED' ? 'critical' : 'warning',
        facts: { quality: number.quality },
      }),
    );
}

/** An open hold of something that sends. */
export interface OpenHold {
  readonly tenantId: string;
  readonly scope: 'number' | 'account' | 'tenant' | 'app';
  readonly scopeId: string;
  readonly subject: string | null;
  readonly cause: string;
  readonly reason: string;
  readonly actor: string;
  readonly until: Date | null;
  readonly ageSeconds: number;
}

/** Breakers and throttling close by themselves; what lasts so long is for people. */
const PASSES_BY_ITSELF: ReadonlySet<string> = new Set(['breaker', 'throttle']);
const OWN_HOLDERS: ReadonlySet<string> = new Set(['system', 'meta', 'migration']);

/** What may not send: credentials that Meta refuses, and whatever Meta or a breaker holds. What a person paused is only noted. */
export function heldSenders(holds: readonly OpenHold[], rule: { lastingSeconds: number }): Incident[] {
  return holds
    .filter(({ cause, ageSeconds }) => !PASSES_BY_ITSELF.has(cause) || ageSeconds >= rule.lastingSeconds)
    .map((hold): Incident => {
      const { tenantId, scope, scopeId, subject, cause, reason, until } = hold;
      const objectType = scope === 'app' ? 'tenant' : scope;
      const at = { tenantId, objectType, objectId: objectType === scope ? scopeId : `${scopeId}/app`, subject } as const;
      if (cause === 'credential') return { ...at, kind: 'credential_invalid', severity: 'critical', facts: { reason } };
      const facts = { cause, reason, until: until?.toISOString() ?? null };
      return { ...at, kind: 'number_paused', severity: severityOfHold(hold), facts };
    });
}

function severityOfHold({ cause, actor }: OpenHold): AlertSeverity {
  if (cause === 'account') return 'critical';
  return cause === 'pause' && !OWN_HOLDERS.has(actor) ? 'info' : 'warning';
}

/** A template that Meta does not send any more, or never did. */
export interface StoppedTemplate {
  readonly tenantId: string;
  readonly templateId: string;
  readonly name: string;
  readonly language: string;
  readonly status: string;
  readonly reason: string | null;
}

export function stoppedTemplates(templates: readonly StoppedTemplate[]): Incident[] {
  return templates.map(({ tenantId, templateId, name, language, status, reason }) => ({
    kind: 'template_stopped',
    tenantId,
    objectType: 'template',
    objectId: templateId,
    subject: `${name} (${language})`,
    severity: status === 'DISABLED' ? 'critical' : 'warning',
    facts: { status, reason },
  }));
}

/** Webhooks in which an app spoke for what is not its own. */
export function refusedWebhooks(count: number, rule: { windowMinutes: number }): Incident[] {
  return count > 0 ? [ofPlatform({ kind: 'webhook_refused', severity: 'critical', facts: { count, ...rule } })] : [];
}

/** What waits in the ledger; null ages: nothing does, or nothing was processed. */
export interface LedgerFacts {
  /** Counted up to a cap. */
  readonly waiting: number;
  readonly oldestSeconds: number | null;
  /** Since the last webhook was processed. */
  readonly idleSeconds: number | null;
}

/** Webhooks that were answered with 200 and wait for longer than a worker ever takes. */
export function stalledIngest({ waiting, oldestSeconds, idleSeconds }: LedgerFacts, rule: { seconds: number }): Incident[] {
  if (oldestSeconds === null || oldestSeconds < rule.seconds) return [];
  const isIdle = idleSeconds === null || idleSeconds >= rule.seconds;
  const facts = { waiting, oldestSeconds: Math.round(oldestSeconds), idleSeconds: isIdle ? null : Math.round(idleSeconds) };
  return [ofPlatform({ kind: 'ingest_stalled', severity: isIdle ? 'critical' : 'warning', facts })];
}

/** A number to which nobody wrote in the last full hour and since then. */
export interface NumberTalk extends Omit<NumberCount, 'count'> {
  /** What customers wrote in the same hour of each of the seven days before; yesterday first, 0 where nothing came. */
  readonly before: readonly number[];
  /** No webhook at all came for it within the last hour. */
  readonly isUnheard: boolean;
}

/**
 * Numbers to which nobody writes although they usually do: the median of the seven days says what is usual, so that one odd
 * day counts for nothing, and a number that was silent a week ago as well may have its day off.
 */
export function silentTalkers(numbers: readonly NumberTalk[], rule: { minimum: number }): Incident[] {
  return numbers.flatMap((number) => {
    const usual = median(number.before);
    if (usual < rule.minimum || number.before.at(-1) === 0) return [];
    const { isUnheard } = number;
    return [ofNumber(number, { kind: 'number_silent', severity: isUnheard ? 'critical' : 'warning', facts: { usual, isUnheard } })];
  });
}

const median = (counts: readonly number[]): number => counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 0;

/** Redis away for longer than a restart takes: limits are counted by the database, and work is found by polling. */
export function redisAway(awaySeconds: number, rule: { seconds: number }): Incident[] {
  return awaySeconds >= rule.seconds ? [ofPlatform({ kind: 'redis_unavailable', severity: 'critical', facts: { seconds: Math.round(awaySeconds) } })] : [];
}

/** Rows in a DEFAULT partition: partitions were not made in time. */
export function strayRows(hasStrays: boolean): Incident[] {
  return hasStrays ? [ofPlatform({ kind: 'partition_default', severity: 'warning', facts: {} })] : [];
}
