import { worstOf, type AlertSeverity } from '@parley/domain';
import type { Metrics } from '@parley/platform';
import type { AlertMessage } from './alert-message.js';
import { DeliveryFailed } from './delivery-failed.js';
import type { EmailChannel } from './email-channel.js';
import type { LogChannel } from './log-channel.js';
import type { SlackChannel } from './slack-channel.js';

/** Where a message goes. */
export type AlertTarget =
  | { readonly type: 'email'; readonly recipients: readonly string[] }
  | { readonly type: 'slack'; readonly url: string }
  | { readonly type: 'log' };

export interface AlertSenderParts {
  /** null: the installation has no mail server. */
  readonly email: EmailChannel | null;
  readonly slack: SlackChannel;
  readonly log: LogChannel;
  readonly metrics: Metrics;
}

/** Hands a message to a channel, and counts what was taken. It knows nothing of what is watched. */
export class AlertSender {
  constructor(private readonly parts: AlertSenderParts) {}

  /** Whether this installation can send emails. */
  get hasEmail(): boolean {
    return this.parts.email !== null;
  }

  /** @throws DeliveryFailed where the channel did not take it */
  async send(target: AlertTarget, message: AlertMessage): Promise<void> {
    const { email, slack, log, metrics } = this.parts;
    const severity = severityOf(message);
    switch (target.type) {
      case 'email':
        if (!email) throw new DeliveryFailed('This installation has no mail server.');
        await email.send(target.recipients, message);
        return metrics.inc('outbound_alert_email_sent_total', { severity });
      case 'slack':
        await slack.send(target.url, message);
        return metrics.inc('outbound_alert_slack_sent_total', { severity });
      case 'log':
        return log.send(message);
    }
  }
}

function severityOf(message: AlertMessage): AlertSeverity {
  if (message.kind === 'test') return 'info';
  return message.kind === 'notice' ? message.notice.severity : worstOf(message.notices.map(({ severity }) => severity));
}
