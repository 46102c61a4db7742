import type { TenantTx } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { found } from '../http/id.js';

/** What of a channel is shown. */
export const SHOWN = {
  id: true,
  tenantId: true,
  type: true,
  name: true,
  recipients: true,
  minSeverity: true,
  kinds: true,
  enabled: true,
  lastError: true,
  lastErrorAt: true,
  lastSentAt: true,
  failures: true,
  createdAt: true,
  updatedAt: true,
} as const;

/** A tenant's channel, its sealed address included. @throws resource.not-found, also for one that was removed */
export async function ownChannel(tx: TenantTx, tenantId: TenantId, id: string) {
  const select = { ...SHOWN, targetSealed: true, targetVersion: true };
  return found(await tx.alertChannel.findFirst({ where: { id, tenantId, removedAt: null }, select }));
}
