import { Injectable } from '@nestjs/common';
import { TenantDb, type TenantTx } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import { Sealer, type SealedPlace } from '@parley/platform';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page, type PageQuery } from '../http/page.js';
import type { Verification } from '../numbers/register-number.js';
import { STEPS, type Input, type Method, type OnboardingRun, type OnboardingSecrets, type StepName, type StepProblem, type StepRecord } from './onboarding.js';
import { onboardingView, type OnboardingView } from './onboarding.view.js';

/** An onboarding that begins. */
export interface NewOnboarding {
  method: Method;
  wabaId: string;
  graphNumberId: string | null;
  metaAppId: string | null;
  verification: Verification;
  secrets: OnboardingSecrets;
}

/** Where a run stands when it lets go. */
export interface RunEnd {
  state: 'WAITING' | 'FAILED' | 'DONE';
  waitsFor: Input | null;
  problem: StepProblem | null;
}

/** How long a process may be silent before another may take its onboarding over: longer than any step's calls to Meta. */
const RUN_SECONDS = 180;

/** The rows of onboardings. What a run writes counts only while nobody else has taken it over. */
@Injectable()
export class OnboardingStore {
  constructor(
    private readonly db: TenantDb,
    private readonly sealer: Sealer,
  ) {}

  async create(tenantId: TenantId, { secrets, verification, ...onboarding }: NewOnboarding): Promise<string> {
    return this.db.run(tenantId, async (tx) => {
      const [row] = await tx.$queryRaw<[{ id: string }]>`SELECT uuid_v7()::text AS id`;
      const secretsSealed = this.sealer.seal(JSON.stringify(secrets), secretsPlace(tenantId, row.id, 1));
      const data = { ...onboarding, tenantId, id: row.id, step: STEPS[0], verification: { ...verification }, secretsSealed };
      await tx.onboarding.create({ data });
      return row.id;
    });
  }

  async get(tenantId: TenantId, id: string): Promise<OnboardingView> {
    const where = { tenantId_id: { tenantId, id } };
    return onboardingView(found(await this.db.run(tenantId, (tx) => tx.onboarding.findUnique({ where }))));
  }

  async list(tenantId: TenantId, query: PageQuery): Promise<Page<OnboardingView>> {
    const rows = await this.db.run(tenantId, (tx) => tx.onboarding.findMany(prismaWindow(query)));
    return pageOf(rows, query, onboardingView);
  }

  /** Takes an onboarding for this process. @throws resource.not-found, onboarding.done, onboarding.in-progress */
  async begin(tenantId: TenantId, id: string): Promise<OnboardingRun> {
    return this.db.run(tenantId, async (tx) => {
      const taken = await tx.$executeRaw`
        UPDATE onboardings SET state = 'RUNNING', run_epoch = run_epoch + 1, run_until = now() + make_interval(secs => ${RUN_SECONDS}), updated_at = now()
         WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid AND state <> 'DONE' AND (run_until IS NULL OR run_until < now())`;
      const row = found(await tx.onboarding.findUnique({ where: { tenantId_id: { tenantId, id } } }));
      if (row.state === 'DONE') throw new DomainError('onboarding.done');
      if (taken === 0) throw new DomainError('onboarding.in-progress', undefined, { retryAfterSeconds: 2 });
      return {
        tenantId,
        id,
        epoch: row.runEpoch,
        method: row.method as Method,
        wabaId: row.wabaId,
        graphNumberId: row.graphNumberId,
        metaAppId: row.metaAppId,
        verification: row.verification as unknown as Verification,
        steps: row.steps as unknown as StepRecord[],
        secrets: this.open(tenantId, id, row.secretsSealed, row.secretsVersion),
        secretsVersion: row.secretsVersion,
        numberId: row.phoneNumberId,
        verificationCode: null,
      };
    });
  }

  /** Writes all that the run has come to. @throws onboarding.in-progress when another process has taken it over */
  save(run: OnboardingRun, step: StepName): Promise<void> {
    run.secretsVersion += 1;
    const secretsSealed = this.sealer.seal(JSON.stringify(run.secrets), secretsPlace(run.tenantId, run.id, run.secretsVersion));
    return this.db.run(run.tenantId, async (tx) => {
      await write(tx, run, { ...reached(run, step), secretsSealed, secretsVersion: run.secretsVersion });
      await tx.$executeRaw`
        UPDATE onboardings SET run_until = now() + make_interval(secs => ${RUN_SECONDS})
         WHERE tenant_id = ${run.tenantId}::uuid AND id = ${run.id}::uuid AND run_epoch = ${run.epoch}`;
    });
  }

  /** The same at the end of a run; what is done keeps no secrets. */
  end(run: OnboardingRun, step: StepName, { state, waitsFor, problem }: RunEnd): Promise<void> {
    const secrets = state === 'DONE' ? { secretsSealed: null } : {};
    // Prisma takes no plain null for JSON; an empty object stands for no problem.
    const data = { ...reached(run, step), ...secrets, state, waitsFor, problem: asJson(problem), runUntil: null };
    return this.db.run(run.tenantId, (tx) => write(tx, run, data));
  }

  private open(tenantId: TenantId, id: string, sealed: string | null, version: number): OnboardingSecrets {
    return sealed === null ? {} : (JSON.parse(this.sealer.open(sealed, secretsPlace(tenantId, id, version))) as OnboardingSecrets);
  }
}

type OnboardingUpdate = Parameters<TenantTx['onboarding']['updateMany']>[0]['data'];

async function write(tx: TenantTx, { tenantId, id, epoch }: OnboardingRun, data: OnboardingUpdate): Promise<void> {
  const { count } = await tx.onboarding.updateMany({ where: { tenantId, id, runEpoch: epoch }, data });
  if (count === 0) throw new DomainError('onboarding.in-progress', undefined, { retryAfterSeconds: 2 });
}

function reached({ steps, graphNumberId, numberId, verification }: OnboardingRun, step: StepName) {
  return { step, steps: asJson(steps), graphNumberId, phoneNumberId: numberId, verification: { ...verification } };
}

/** Plain data as Prisma takes it. */
function asJson(value: readonly StepRecord[] | StepProblem | null): object {
  return JSON.parse(JSON.stringify(value ?? {})) as object;
}

function secretsPlace(tenantId: TenantId, rowId: string, version: number): SealedPlace {
  return { tenantId, table: 'onboardings', column: 'secrets_sealed', rowId, version };
}
