import { logEvent, type EventLogger } from '@parley/platform';
import type { AlertMessage, AlertNotice } from './alert-message.js';

/** Alerts as lines of the log, for whoever gathers those. */
export class LogChannel {
  constructor(private readonly logger: EventLogger) {}

  send(message: AlertMessage): void {
    if (message.kind === 'notice') this.tell(message.notice);
    if (message.kind !== 'digest') return;
    const critical = message.notices.filter(({ severity, tells }) => severity === 'critical' && tells !== 'resolved').length;
    logEvent(this.logger, 'alert.digest', { count: message.notices.length, critical });
    for (const notice of message.notices) this.tell(notice);
  }

  private tell({ tells, alertId, kind, severity }: AlertNotice): void {
    logEvent(this.logger, tells === 'resolved' ? 'alert.resolved' : 'alert.raised', { alertId, kind, severity, tells });
  }
}
