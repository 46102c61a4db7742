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

/** Redis away for longer than a restart takes: limits are counted by the database, and work is found by polling. */
export function redisAway(awaySeconds: number, rule: { seconds: number }): Incident[] {
  return awaySeconds >= rule.seconds ? [ofPlatform({ kind: 'redis_unavailable', severity: 'critical', facts: { seconds: Math.round(awaySeconds) } })] : [];
}

/** Rows in a DEFAULT partition: partitions were not made in time. */
export function strayRows(hasStrays: boolean): Incident[] {
  return hasStrays ? [ofPlatform({ kind: 'partition_default', severity: 'warning', facts: {} })] : [];
}
