import type { AlertKind, AlertSeverity, AlertTelling } from '@parley/domain';

/** One telling of one incident. */
export interface AlertNotice {
  readonly alertId: string;
  readonly tells: AlertTelling;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  /** The object's name; null where the incident is of a whole tenant or of the platform. */
  readonly subject: string | null;
  /** null for an incident of the platform. */
  readonly tenantName: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
}

/** What a channel is given: news of one incident, many at once, or a test that somebody asked for. */
export type AlertMessage =
  | { readonly kind: 'notice'; readonly notice: AlertNotice }
  | { readonly kind: 'digest'; readonly notices: readonly AlertNotice[] }
  | { readonly kind: 'test'; readonly channelName: string };
