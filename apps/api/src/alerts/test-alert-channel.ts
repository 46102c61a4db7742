import { Injectable } from '@nestjs/common';
import { AlertSender, AlertTargets, DeliveryFailed, type StoredChannel } from '@parley/alerts';
import { PlatformAlertChannels, TenantDb, type TenantTx } from '@parley/data';
import { DomainError, RateLimitExceeded, type TenantId } from '@parley/domain';
import { Clock } from '@parley/platform';
import type { Caller } from '../auth/index.js';
import { found } from '../http/id.js';
import { ownChannel } from './own-alert-channels.js';

const MS_PER_SECOND = 1_000;
/** Tests must not make a sender of bulk mail out of us: of one channel, and of all of a tenant's. */
const SAME_CHANNEL_SECONDS = 5;
const ALL_CHANNELS = { most: 10, withinSeconds: 60 } as const;

type NamedChannel = StoredChannel & { readonly name: string };

/** Sends a message through a channel at once, and notes on the channel how that went. */
@Injectable()
export class TestAlertChannel {
  constructor(
    private readonly db: TenantDb,
    private readonly platform: PlatformAlertChannels,
    private readonly targets: AlertTargets,
    private readonly sender: AlertSender,
    private readonly clock: Clock,
  ) {}

  /** @throws resource.not-found, rate-limit.exceeded, alert-channel.failed with what was answered */
  async test(caller: Caller, id: string): Promise<void> {
    const channel = await this.find(caller, id);
    try {
      await this.sender.send(this.targets.of(channel), { kind: 'test', channelName: channel.name });
    } catch (error) {
      if (!(error instanceof DeliveryFailed)) throw error;
      await this.note(caller, id, error.message);
      throw new DomainError('alert-channel.failed', error.message, { cause: error });
    }
    await this.note(caller, id, null);
  }

  private async find(caller: Caller, id: string): Promise<NamedChannel> {
    if (caller.kind !== 'platform') {
      return this.db.run(caller.tenantId, async (tx) => {
        const channel = await ownChannel(tx, caller.tenantId, id);
        await this.refuseTooMany(tx, caller.tenantId, id);
        return channel;
      });
    }
    // The address of a channel of the configuration is not in its row.
    return { ...found(await this.platform.find(id)), targetSealed: null, targetVersion: 1 };
  }

  private async refuseTooMany(tx: TenantTx, tenantId: TenantId, id: string): Promise<void> {
    const usedWithin = (seconds: number) => {
      const since = { gt: new Date(this.clock.now().getTime() - seconds * MS_PER_SECOND) };
      return { tenantId, OR: [{ lastSentAt: since }, { lastErrorAt: since }] };
    };
    const isRecent = (await tx.alertChannel.count({ where: { id, ...usedWithin(SAME_CHANNEL_SECONDS) } })) > 0;
    if (isRecent) throw tooMany(SAME_CHANNEL_SECONDS);
    const used = await tx.alertChannel.count({ where: usedWithin(ALL_CHANNELS.withinSeconds) });
    if (used >= ALL_CHANNELS.most) throw tooMany(ALL_CHANNELS.withinSeconds);
  }

  private async note(caller: Caller, id: string, error: string | null): Promise<void> {
    if (caller.kind === 'platform') return this.platform.noteTest(id, error);
    const now = this.clock.now();
    const data = error === null ? { lastError: null, lastErrorAt: null, lastSentAt: now } : { lastError: error, lastErrorAt: now };
    await this.db.run(caller.tenantId, (tx) => tx.alertChannel.updateMany({ where: { id, tenantId: caller.tenantId }, data }));
  }
}

function tooMany(retryAfterSeconds: number): RateLimitExceeded {
  return new RateLimitExceeded(retryAfterSeconds, 'Something was sent through alert channels just now.');
}
