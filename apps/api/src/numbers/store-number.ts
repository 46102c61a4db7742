import { Injectable } from '@nestjs/common';
import { isNumberTaken, SystemDb, TenantDb, type TenantTx } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import { accountTokenPlace } from '@parley/messaging';
import { Sealer } from '@parley/platform';
import type { NumberClaim, ProvenNumber } from './number-at-meta.js';
import { numberFacts, type NumberFacts } from './number-facts.js';
import { NUMBER_INCLUDE, type NumberRow } from './number.view.js';

/** Prisma's word for a violated unique constraint. */
const UNIQUE_VIOLATION = 'P2002';

/** Writes a proven number with its account and the sealed token, or refreshes the ones that are there. */
@Injectable()
export class StoreNumber {
  constructor(
    private readonly tenants: TenantDb,
    private readonly system: SystemDb,
    private readonly sealer: Sealer,
  ) {}

  /** @throws number.taken where another tenant has the number, whoever that is */
  async refuseTaken(tenantId: TenantId, phoneNumberId: string): Promise<void> {
    if (await isNumberTaken(this.system, tenantId, phoneNumberId)) throw new DomainError('number.taken');
  }

  /** Each call gives the account's token a new version. @throws number.taken where another tenant was faster */
  async store(tenantId: TenantId, claim: NumberClaim, proven: ProvenNumber): Promise<{ row: NumberRow; isNew: boolean }> {
    try {
      return await this.tenants.run(tenantId, async (tx) => {
        const accountId = await this.storeAccount(tx, tenantId, claim, proven);
        return storeNumber(tx, tenantId, accountId, claim.phoneNumberId, numberFacts(proven.number));
      });
    } catch (error) {
      // Meta's id is unique over all tenants; which of them has it stays untold.
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) throw new DomainError('number.taken', undefined, { cause: error });
      throw error;
    }
  }

  private async storeAccount(tx: TenantTx, tenantId: TenantId, claim: NumberClaim, proven: ProvenNumber): Promise<string> {
    const { wabaId, accessToken } = claim;
    // The version is part of what the token is sealed for, so two writers of one account take turns.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`account ${tenantId} ${wabaId}`}, 0))`;
    const key = { tenantId_wabaId: { tenantId, wabaId } };
    const known = await tx.account.findUnique({ where: key, select: { id: true, tokenVersion: true, state: true } });
    const id = known?.id ?? (await newId(tx));
    const tokenVersion = (known?.tokenVersion ?? 0) + 1;
    const tokenSealed = this.sealer.seal(accessToken, accountTokenPlace(tenantId, id, tokenVersion));
    // A token that works ends the absence of one; a ban or a restriction ends by Meta's word alone.
    const back = known?.state === 'DISCONNECTED' ? { state: 'ACTIVE', stateReason: null, stateAt: new Date() } : {};
    const data = { name: proven.accountName, businessId: proven.businessId, tokenSealed, tokenVersion, ...back };
    if (known) await tx.account.update({ where: key, data });
    else await tx.account.create({ data: { tenantId, id, wabaId, ...data } });
    return id;
  }
}

/** What Meta answered just now is newer than every webhook that is still on its way. */
export function askedAt(at = new Date()): Record<'nameAt' | 'tierAt' | 'throughputAt' | 'qualityAt', Date> {
  return { nameAt: at, tierAt: at, throughputAt: at, qualityAt: at };
}

async function storeNumber(
  tx: TenantTx,
  tenantId: TenantId,
  accountId: string,
  graphId: string,
  facts: NumberFacts,
): Promise<{ row: NumberRow; isNew: boolean }> {
  const known = await tx.phoneNumber.findUnique({ where: { graphId }, select: { id: true } });
  const data = { ...facts, ...askedAt(), accountId, syncedAt: new Date() };
  const row = known
    ? await tx.phoneNumber.update({ where: { tenantId_id: { tenantId, id: known.id } }, data, include: NUMBER_INCLUDE })
    : await tx.phoneNumber.create({ data: { ...data, tenantId, graphId }, include: NUMBER_INCLUDE });
  return { row, isNew: known === null };
}

async function newId(tx: TenantTx): Promise<string> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`SELECT uuid_v7()::text AS id`;
  return row!.id;
}
