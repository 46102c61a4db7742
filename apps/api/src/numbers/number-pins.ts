import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { logEvent, Sealer, type SealedPlace } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { found } from '../http/id.js';

const PIN_DIGITS = 6;

/** Any six digits, as Meta wants them. */
export function newPin(): string {
  return String(randomInt(10 ** PIN_DIGITS)).padStart(PIN_DIGITS, '0');
}

/** The two-step PINs of numbers, sealed. Without its PIN a number cannot be registered again. */
@Injectable()
export class NumberPins {
  constructor(
    private readonly db: TenantDb,
    private readonly sealer: Sealer,
    private readonly logger: PinoLogger,
  ) {}

  /** The same as `read`, for a person; it is written down that somebody looked. @throws resource.not-found */
  async reveal(tenantId: TenantId, id: string): Promise<string | null> {
    const pin = await this.read(tenantId, id);
    logEvent(this.logger, 'number.pin_read', { tenantId, numberId: id });
    return pin;
  }

  /** null: none was ever given or made here. @throws resource.not-found */
  async read(tenantId: TenantId, id: string): Promise<string | null> {
    const where = { tenantId_id: { tenantId, id } };
    const select = { pinSealed: true, pinVersion: true } as const;
    const { pinSealed, pinVersion } = found(await this.db.run(tenantId, (tx) => tx.phoneNumber.findUnique({ where, select })));
    return pinSealed === null ? null : this.sealer.open(pinSealed, pinPlace(tenantId, id, pinVersion));
  }

  /** Each PIN is sealed for a version of its own; null forgets. @throws resource.not-found */
  async keep(tenantId: TenantId, id: string, pin: string | null): Promise<void> {
    const where = { tenantId_id: { tenantId, id } };
    await this.db.run(tenantId, async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`pin ${tenantId} ${id}`}, 0))`;
      const { pinVersion } = found(await tx.phoneNumber.findUnique({ where, select: { pinVersion: true } }));
      const version = pinVersion + 1;
      const pinSealed = pin === null ? null : this.sealer.seal(pin, pinPlace(tenantId, id, version));
      await tx.phoneNumber.update({ where, data: { pinSealed, pinVersion: version } });
    });
  }
}

function pinPlace(tenantId: TenantId, rowId: string, version: number): SealedPlace {
  return { tenantId, table: 'phone_numbers', column: 'pin_sealed', rowId, version };
}
