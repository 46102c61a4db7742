import { Injectable } from '@nestjs/common';
import { AlertSender, alertTargetPlace } from '@parley/alerts';
import { TenantDb, type AlertChannelRow } from '@parley/data';
import { assertPublicUrl, DomainError, type TenantId } from '@parley/domain';
import { Clock, Config, Sealer } from '@parley/platform';
import type { AddAlertChannelBody, ChangeAlertChannelBody } from './alert-channel.dto.js';
import { ownChannel, SHOWN } from './own-alert-channels.js';

/** More would only multiply what a storm sends. */
const MAX_CHANNELS = 20;

/** A tenant's alert channels. The address of a webhook is sealed for its row, and never read back. */
@Injectable()
export class ManageAlertChannels {
  constructor(
    private readonly db: TenantDb,
    private readonly sealer: Sealer,
    private readonly sender: AlertSender,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** @throws request.invalid, url.refused, alert-channel.email-off, alert-channel.too-many */
  async add(tenantId: TenantId, { type, url, ...settings }: AddAlertChannelBody): Promise<AlertChannelRow> {
    this.check(type, { url, ...settings }, true);
    return this.db.run(tenantId, async (tx) => {
      const many = await tx.alertChannel.count({ where: { tenantId, removedAt: null } });
      if (many >= MAX_CHANNELS) throw new DomainError('alert-channel.too-many', `There may be ${MAX_CHANNELS} of them.`);
      const [next] = await tx.$queryRaw<[{ id: string }]>`SELECT uuid_v7() AS id`;
      const sealed = url === undefined ? {} : { targetSealed: this.seal(url, tenantId, next.id, 1) };
      return tx.alertChannel.create({ data: { ...settings, ...sealed, id: next.id, tenantId, type }, select: SHOWN });
    });
  }

  /** @throws the same, and resource.not-found */
  change(tenantId: TenantId, id: string, { url, ...settings }: ChangeAlertChannelBody): Promise<AlertChannelRow> {
    return this.db.run(tenantId, async (tx) => {
      const { type, targetVersion } = await ownChannel(tx, tenantId, id);
      this.check(type, { url, ...settings }, false);
      const version = targetVersion + 1;
      const sealed = url === undefined ? {} : { targetSealed: this.seal(url, tenantId, id, version), targetVersion: version };
      // What was corrected is tried at once.
      const data = { ...settings, ...sealed, failures: 0, quietUntil: null };
      return tx.alertChannel.update({ where: { id }, data, select: SHOWN });
    });
  }

  /** A second time it is not found. @throws resource.not-found */
  async remove(tenantId: TenantId, id: string): Promise<void> {
    await this.db.run(tenantId, async (tx) => {
      await ownChannel(tx, tenantId, id);
      await tx.alertChannel.update({ where: { id }, data: { removedAt: this.clock.now(), targetSealed: null, recipients: [] }, select: { id: true } });
    });
  }

  private check(type: string, { recipients, url }: ChangeAlertChannelBody, isNew: boolean): void {
    if (type === 'email' && !this.sender.hasEmail) throw new DomainError('alert-channel.email-off');
    const [wanted, other] = type === 'email' ? (['recipients', 'url'] as const) : (['url', 'recipients'] as const);
    const given = { recipients, url };
    if (isNew && given[wanted] === undefined) throw invalid(wanted, `A channel of the type ${type} needs ${wanted}.`);
    if (given[other] !== undefined) throw invalid(other, `A channel of the type ${type} takes no ${other}.`);
    if (url !== undefined) assertPublicUrl(url, '/url', this.config.HTTP_ALLOWED_ORIGINS);
  }

  private seal(url: string, tenantId: TenantId, id: string, version: number): string {
    return this.sealer.seal(url, alertTargetPlace(tenantId, id, version));
  }
}

function invalid(field: string, detail: string): DomainError {
  return new DomainError('request.invalid', detail, { errors: [{ pointer: `/${field}`, code: 'field.invalid', detail }] });
}
