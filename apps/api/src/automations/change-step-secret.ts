import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { automationSecretPlace, TenantDb, writeTenantAudit, type TenantTx } from '@parley/data';
import { DomainError, endpointOf, type AutomationStep, type TenantId } from '@parley/domain';
import { Sealer } from '@parley/platform';
import type { TenantCaller } from '../auth/index.js';
import { notFound } from '../http/id.js';
import { SettingsStore } from '../settings/settings-store.js';
import type { ChangedSecretView, StepSecretView } from './automations.view.js';

const KEY_BYTES = 24;
/** Standard Webhooks: 24 to 64 bytes in base64 behind the prefix. */
const SIGNING_KEY = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

interface StoredSecret {
  step: string;
  origin: string;
  version: number;
  updatedBy: string;
  updatedAt: Date;
}

const SHOWN = { step: true, origin: true, version: true, updatedBy: true, updatedAt: true } as const;

/**
 * The secrets that steps show to a tenant's own endpoints: sealed, bound to the origin that the step has at the time, and
 * never read back. Who moves the step to another address has to set them again.
 */
@Injectable()
export class ChangeStepSecret {
  constructor(
    private readonly db: TenantDb,
    private readonly settings: SettingsStore,
    private readonly sealer: Sealer,
  ) {}

  async list(tenantId: TenantId): Promise<{ data: StepSecretView[] }> {
    const rows = await this.db.run(tenantId, (tx) => tx.automationSecret.findMany({ where: { tenantId }, orderBy: { step: 'asc' }, select: SHOWN }));
    return { data: rows.map(secretView) };
  }

  /** @throws resource.not-found where the chain has no such step, request.invalid */
  async change({ tenantId, actor }: TenantCaller, step: string, given: string | undefined): Promise<ChangedSecretView> {
    const { value } = await this.settings.read(tenantId, 'automations');
    const owner = value.steps.find(({ id }) => id === step);
    if (!owner) throw notFound();
    const origin = originOf(owner);
    const secret = given ?? madeFor(owner);
    if (owner.type === 'bot' && !SIGNING_KEY.test(secret)) throw invalid('A bot needs a key such as whsec_…, 24 to 64 bytes in base64.');
    const stored = await this.db.run(tenantId, async (tx) => {
      const version = (await lockedVersion(tx, tenantId, step)) + 1;
      const sealed = this.sealer.seal(secret, automationSecretPlace(tenantId, step, origin, version));
      await writeTenantAudit(tx, { tenantId, actor, action: 'automations.secret-changed', target: `automations:${step}`, before: null, after: { origin, version } });
      const data = { origin, version, sealed, updatedBy: actor, updatedAt: new Date() };
      const where = { tenantId_step: { tenantId, step } };
      return tx.automationSecret.upsert({ where, create: { tenantId, step, ...data }, update: data, select: SHOWN });
    });
    return { ...secretView(stored), secret: given === undefined ? secret : null };
  }
}

/** Two at once would seal for the same version. */
async function lockedVersion(tx: TenantTx, tenantId: TenantId, step: string): Promise<number> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`automation secret ${tenantId} ${step}`}, 0))`;
  const row = await tx.automationSecret.findUnique({ where: { tenantId_step: { tenantId, step } }, select: { version: true } });
  return row?.version ?? 0;
}

function originOf(step: AutomationStep): string {
  const url = endpointOf(step);
  if (url !== null) return new URL(url).origin;
  const detail = 'The step has no endpoint of your own; give it one first.';
  throw new DomainError('request.invalid', detail, { errors: [{ pointer: '', code: 'field.invalid', detail }] });
}

function madeFor({ type }: AutomationStep): string {
  if (type === 'bot') return `whsec_${randomBytes(KEY_BYTES).toString('base64')}`;
  throw invalid('Give the API key of the endpoint.');
}

function invalid(detail: string): DomainError {
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/secret', code: 'field.invalid', detail }] });
}

function secretView({ updatedAt, ...row }: StoredSecret): StepSecretView {
  return { ...row, updatedAt: updatedAt.toISOString() };
}
