import { Injectable } from '@nestjs/common';
import type { TenantId } from '@parley/domain';
import type { SyncReport } from '@parley/messaging';
import { logEvent } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { AccountTemplates } from './account-templates.js';
import { NumberAtMeta, type NumberClaim } from './number-at-meta.js';
import type { NumberRow } from './number.view.js';
import { ResumeNumber } from './resume-number.js';
import { StoreNumber } from './store-number.js';

/** A number that is connected, and whether it was before. */
export interface ConnectedNumber {
  row: NumberRow;
  isNew: boolean;
  /** null: Meta did not give its list; a job tries again. */
  templates: SyncReport | null;
}

/**
 * Connects a number by token and ids. The same number again is a refresh with a new token; it takes effect at once,
 * because every claim of the sender names the version of the token.
 */
@Injectable()
export class ConnectNumber {
  constructor(
    private readonly meta: NumberAtMeta,
    private readonly numbers: StoreNumber,
    private readonly templates: AccountTemplates,
    private readonly waiting: ResumeNumber,
    private readonly logger: PinoLogger,
  ) {}

  /** @throws credential.invalid, number.mismatch, number.taken, graph.unavailable, graph.refused */
  async connect(tenantId: TenantId, claim: NumberClaim): Promise<ConnectedNumber> {
    const { row, isNew } = await this.adopt(tenantId, claim);
    const { wabaId, accessToken } = claim;
    const templates = await this.templates.syncOrLater({ tenantId, accountId: row.account.id, wabaId, accessToken }, row.id);
    await this.waiting.resume(tenantId, row);
    return { row, isNew, templates };
  }

  /** A new token for a number that is connected. @throws as `connect` */
  async rotateToken(tenantId: TenantId, claim: NumberClaim): Promise<void> {
    const { row } = await this.adopt(tenantId, claim);
    await this.waiting.resume(tenantId, row);
  }

  private async adopt(tenantId: TenantId, claim: NumberClaim): Promise<{ row: NumberRow; isNew: boolean }> {
    const proven = await this.meta.prove(claim);
    // Asked only after the proof: who holds no token for a number does not even learn that it is here.
    await this.numbers.refuseTaken(tenantId, claim.phoneNumberId);
    await this.meta.subscribe(claim);
    const stored = await this.numbers.store(tenantId, claim, proven);
    const { id, status, quality, account } = stored.row;
    const { tokenVersion } = account;
    logEvent(this.logger, 'number.state_changed', { tenantId, numberId: id, to: status, quality, tokenVersion, isNew: stored.isNew });
    return stored;
  }
}
