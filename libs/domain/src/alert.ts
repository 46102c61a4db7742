/** What alerts can be about. */
export const ALERT_KINDS = [
  'dead_letter_growth',
  'stuck_messages',
  'queue_depth',
  'failure_rate',
  'escalation',
  'uncertain_outcome',
  'limits',
  'number_paused',
  'credential_invalid',
  'quality_dropped',
  'template_stopped',
  'webhooks_silent',
  'webhook_refused',
  'ingest_stalled',
  'number_silent',
  'redis_unavailable',
  'partition_default',
] as const;

export type AlertKind = (typeof ALERT_KINDS)[number];

/** From the least to the most urgent. */
export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const;

export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What an incident is about: one object of a tenant, all of a tenant, or the platform. */
export const ALERT_OBJECTS = ['platform', 'tenant', 'channel', 'account', 'number', 'template'] as const;

export type AlertObject = (typeof ALERT_OBJECTS)[number];

/** The figures and words that the texts of a kind are made of. */
export interface AlertFacts {
  dead_letter_growth: { count: number; windowMinutes: number; threshold: number };
  stuck_messages: { queued: number; sending: number; attempts: number; ageMinutes: number };
  queue_depth: { count: number; threshold: number; dueSeconds: number };
  failure_rate: { channel: string; failed: number; finished: number; percent: number; windowMinutes: number };
  escalation: { count: number; attempts: number };
  uncertain_outcome: { count: number; windowMinutes: number };
  /** `throttling` counts how often Meta throttled; the others tell what is used of what there is. */
  limits: { limit: 'quota' | 'tier' | 'throttling'; used: number; of: number; windowMinutes: number };
  number_paused: { cause: string; reason: string; until: string | null };
  credential_invalid: { reason: string };
  quality_dropped: { quality: string };
  template_stopped: { status: string; reason: string | null };
  webhooks_silent: { sent: number; minutes: number };
  webhook_refused: { count: number; windowMinutes: number };
  ingest_stalled: { waiting: number; oldestSeconds: number; idleSeconds: number | null };
  /** `usual`: messages of customers in the same hour of other days. */
  number_silent: { usual: number; isUnheard: boolean };
  redis_unavailable: { seconds: number };
  partition_default: Record<never, never>;
}

/** Something that is wrong now. Two looks that see the same thing make incidents with one fingerprint. */
export type Incident = { [K in AlertKind]: IncidentOf<K> }[AlertKind];

export interface IncidentOf<K extends AlertKind> {
  readonly kind: K;
  /** null: the platform's own. */
  readonly tenantId: string | null;
  readonly objectType: AlertObject;
  readonly objectId: string;
  /** How people call the object: a number as it is displayed, a template's name. */
  readonly subject: string | null;
  readonly severity: AlertSeverity;
  readonly facts: AlertFacts[K];
}

/** What makes two incidents the same one. */
export function fingerprintOf({ kind, tenantId, objectType, objectId }: Omit<Incident, 'facts'>): string {
  return [kind, tenantId ?? 'platform', objectType, objectId].join('/');
}

/** Whether the first severity is at least as urgent as the second. */
export function isAtLeast(severity: AlertSeverity, least: AlertSeverity): boolean {
  return ALERT_SEVERITIES.indexOf(severity) >= ALERT_SEVERITIES.indexOf(least);
}

/** The most urgent of them; `info` where there is none. */
export function worstOf(severities: readonly AlertSeverity[]): AlertSeverity {
  return severities.reduce((worst, severity) => (isAtLeast(severity, worst) ? severity : worst), 'info');
}
