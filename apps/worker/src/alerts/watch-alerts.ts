import { Injectable } from '@nestjs/common';
import {
  applyAlertChanges,
  dueChecks,
  knownAlerts,
  lockAlertRound,
  noteChecked,
  SystemDb,
  type AppliedChange,
  type DueCheck,
  type SystemTx,
} from '@parley/data';
import { alertChanges, type AlertPolicy } from '@parley/domain';
import { Config, logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { AlertChecks, type AlertCheck } from './alert-checks.js';
import { RedisWatch } from './redis-watch.js';

const MS_PER_SECOND = 1_000;
const SECONDS_PER_MINUTE = 60;

/**
 * Looks for incidents: every check whose time has come, in one transaction of one worker. It needs neither Redis nor
 * queues, so it sees when those are what is wrong. What is to be told is committed with what is known.
 */
@Injectable()
export class WatchAlerts {
  private readonly policy: AlertPolicy;

  constructor(
    private readonly db: SystemDb,
    private readonly checks: AlertChecks,
    private readonly redis: RedisWatch,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    config: Config,
  ) {
    this.policy = {
      cooldownMs: config.ALERT_COOLDOWN_MINUTES * SECONDS_PER_MINUTE * MS_PER_SECOND,
      remindMs: config.ALERT_REMIND_MINUTES * SECONDS_PER_MINUTE * MS_PER_SECOND,
      calmMs: config.ALERT_CALM_SECONDS * MS_PER_SECOND,
    };
  }

  /** One round; nothing where another worker is at it. Throws what Postgres throws. */
  async run(): Promise<void> {
    await this.redis.look();
    const applied = await this.db.transaction(async (tx) => {
      const now = await lockAlertRound(tx);
      if (!now) return null;
      const changes: AppliedChange[] = [];
      for (const due of await dueChecks(tx, this.checks.all)) changes.push(...(await this.attempt(tx, due, now)));
      return changes;
    });
    if (!applied) return;
    this.metrics.inc('alert_rounds_total', { outcome: 'completed' });
    for (const change of applied) this.count(change);
  }

  /** A check that fails costs the others nothing; it stays due. */
  private async attempt(tx: SystemTx, { name, since }: DueCheck<string>, now: Date): Promise<AppliedChange[]> {
    const check = this.checks.all.find((one) => one.name === name);
    if (!check) return [];
    try {
      return await tx.savepoint(() => this.check(tx, check, typeof since === 'number' ? new Date(0) : since, now));
    } catch (error) {
      this.metrics.inc('alert_rounds_total', { outcome: 'failed' });
      logEvent(this.logger, 'job.failed', { job: `alerts.${name}`, err: error instanceof Error ? error : new Error(String(error)) });
      return [];
    }
  }

  private async check(tx: SystemTx, { name, kinds, look }: AlertCheck, since: Date, now: Date): Promise<AppliedChange[]> {
    const incidents = await look(tx, since);
    await noteChecked(tx, name);
    if (kinds.length === 0) return [];
    const known = await knownAlerts(tx, kinds, this.policy.cooldownMs / MS_PER_SECOND);
    return applyAlertChanges(tx, alertChanges(known, incidents, now, this.policy));
  }

  private count({ change, kind, facts }: AppliedChange): void {
    if (change === 'resolve') this.metrics.inc('alerts_resolved_total', { kind });
    if (change !== 'open') return;
    this.metrics.inc('alerts_total', { kind });
    if (kind === 'dead_letter_growth') this.metrics.inc('outbound_message_dead_letter_alert_total');
    if (kind !== 'stuck_messages') return;
    for (const [status, field] of [['QUEUED', 'queued'], ['SENDING', 'sending']] as const) {
      if (Number(facts[field]) > 0) this.metrics.inc('outbound_message_stuck_alert_total', { channel: 'WHATSAPP', status });
    }
  }
}
