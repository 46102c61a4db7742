import { Injectable } from '@nestjs/common';
import { AlertSender, AlertTargets, DeliveryFailed, type AlertMessage } from '@parley/alerts';
import { AlertDeliveries, type ChannelRow, type PendingDelivery } from '@parley/data';
import { channelBackoffMs } from '@parley/domain';
import { Config, logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';

const MS_PER_SECOND = 1_000;
/** News that nobody could be told for so long is no news. */
const GIVE_UP_AFTER_HOURS = 24;

/**
 * Tells channels what is to be told. A channel that fails is left alone for a while and tried again, and says so itself;
 * it is never an incident, which would have to be told by the channel that fails.
 */
@Injectable()
export class DeliverAlerts {
  constructor(
    private readonly deliveries: AlertDeliveries,
    private readonly sender: AlertSender,
    private readonly targets: AlertTargets,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    private readonly config: Config,
  ) {}

  /** Tells every channel that has something to hear; the channels side by side. Throws what Postgres throws. */
  async run(): Promise<void> {
    const channels = await this.deliveries.claim();
    const ended = await Promise.allSettled(channels.map((channel) => this.serve(channel)));
    for (const result of ended) if (result.status === 'rejected') throw result.reason;
  }

  private async serve(channel: ChannelRow): Promise<void> {
    try {
      const { latest, outdated } = latestOfEach(await this.deliveries.pending(channel.id));
      await this.deliveries.skip(outdated.map(({ id }) => id));
      if (latest.length > this.config.ALERT_DIGEST_ABOVE) {
        const pauseMs = this.config.ALERT_DIGEST_PAUSE_SECONDS * MS_PER_SECOND;
        await this.tell(channel, latest, { kind: 'digest', notices: latest }, { inDigest: true, pauseMs });
        return;
      }
      for (const notice of latest) {
        if (!(await this.tell(channel, [notice], { kind: 'notice', notice }, { inDigest: false, pauseMs: 0 }))) return;
      }
    } finally {
      await this.deliveries.release(channel.id);
    }
  }

  /** @returns whether the channel may be given more */
  private async tell(channel: ChannelRow, told: readonly PendingDelivery[], message: AlertMessage, after: { inDigest: boolean; pauseMs: number }): Promise<boolean> {
    const ids = told.map(({ id }) => id);
    try {
      await this.sender.send(this.targets.of(channel), message);
    } catch (error) {
      if (!(error instanceof DeliveryFailed)) throw error;
      await this.noteFailure(channel, ids, error);
      return false;
    }
    await this.deliveries.sent(channel.id, ids, after);
    this.metrics.inc('alert_deliveries_total', { channel: channel.type, outcome: 'sent' });
    return true;
  }

  private async noteFailure({ id, type, failures }: ChannelRow, ids: readonly string[], error: DeliveryFailed): Promise<void> {
    const { permanent = false, retryAfterMs = 0 } = error.details;
    const retryInMs = Math.max(retryAfterMs, channelBackoffMs(failures + 1));
    if (permanent) await this.deliveries.refused(id, ids, error.message, retryInMs);
    else await this.deliveries.failed(id, ids, error.message, { retryInMs, giveUpAfterHours: GIVE_UP_AFTER_HOURS });
    this.metrics.inc('alert_deliveries_total', { channel: type, outcome: permanent ? 'failed' : 'retry' });
    logEvent(this.logger, 'alert.delivery_failed', { channelId: id, channel: type, failures: failures + 1, reason: error.message });
  }
}

/** The last word on each incident; what was to be said before it and was not is outdated. */
function latestOfEach(pending: readonly PendingDelivery[]): { latest: PendingDelivery[]; outdated: PendingDelivery[] } {
  const last = new Map(pending.map((delivery) => [delivery.alertId, delivery]));
  const isLast = (delivery: PendingDelivery): boolean => last.get(delivery.alertId) === delivery;
  return { latest: pending.filter(isLast), outdated: pending.filter((delivery) => !isLast(delivery)) };
}
