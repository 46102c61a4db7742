import { SealBroken, type Config, type SealedPlace, type Sealer } from '@parley/platform';
import type { AlertTarget } from './alert-sender.js';
import { DeliveryFailed } from './delivery-failed.js';

/** A channel as it is stored: tenants seal their addresses, the platform's stand in the configuration. */
export interface StoredChannel {
  readonly id: string;
  readonly tenantId: string | null;
  readonly type: string;
  readonly recipients: readonly string[];
  readonly targetSealed: string | null;
  readonly targetVersion: number;
}

/** Where the address of a channel is sealed. */
export function alertTargetPlace(tenantId: string, id: string, version: number): SealedPlace {
  return { tenantId, table: 'alert_channels', column: 'target_sealed', rowId: id, version };
}

/** Finds out where the messages of a channel go. */
export class AlertTargets {
  constructor(
    private readonly sealer: Sealer,
    private readonly config: Pick<Config, 'ALERT_SLACK_WEBHOOK_URL'>,
  ) {}

  /** @throws DeliveryFailed where the channel leads nowhere */
  of(channel: StoredChannel): AlertTarget {
    if (channel.type === 'log') return { type: 'log' };
    if (channel.type === 'email') return { type: 'email', recipients: channel.recipients };
    if (channel.type === 'slack') return { type: 'slack', url: this.urlOf(channel) };
    throw new DeliveryFailed(`This release knows no channels of the type ${channel.type}.`);
  }

  private urlOf({ id, tenantId, targetSealed, targetVersion }: StoredChannel): string {
    if (tenantId === null) {
      const url = this.config.ALERT_SLACK_WEBHOOK_URL;
      if (url === undefined) throw new DeliveryFailed('ALERT_SLACK_WEBHOOK_URL is not set here.');
      return url;
    }
    try {
      return this.sealer.open(targetSealed ?? '', alertTargetPlace(tenantId, id, targetVersion));
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      throw new DeliveryFailed('The address of the channel cannot be opened; give it again.', { cause: error });
    }
  }
}
