import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { GraphClient } from '@parley/graph';
import { Config } from '@parley/platform';
import { readOpenHolds } from '../../holds/open-holds.js';
import { found } from '../../http/id.js';
import { ReadCanary } from '../canary/read-canary.js';
import { OwnNumbers } from '../own-numbers.js';
import { checkAccount, checkExpiry, checkNumber, checkScopes, checkToken } from './access-checks.js';
import { checkCallback, checkPause, checkSubscription, checkTemplates, checkWebhooks } from './delivery-checks.js';
import type { DoctorView } from './doctor.view.js';
import { CHECKS, unanswered, unknown, worstOf, type CheckName, type Finding, type Verdict } from './finding.js';
import { checkDisplayName, checkMessagingLimit, checkPayment, checkQuality, checkRegistration, checkSending, checkThroughput } from './number-checks.js';
import { NumberQuestions, type KnownNumber } from './number-questions.js';

/** For each question to Meta. A check that waits for two of them has a little more. */
const QUESTION_TIMEOUT_MS = 5_000;
const CHECK_TIMEOUT_MS = 6_000;

const CHECK_OF: Readonly<Record<CheckName, (ask: NumberQuestions) => Promise<Verdict>>> = {
  token: checkToken,
  scopes: checkScopes,
  'token-expiry': checkExpiry,
  account: checkAccount,
  number: checkNumber,
  registration: checkRegistration,
  'display-name': checkDisplayName,
  subscription: checkSubscription,
  callback: checkCallback,
  quality: checkQuality,
  throughput: checkThroughput,
  'messaging-limit': checkMessagingLimit,
  sending: checkSending,
  payment: checkPayment,
  templates: checkTemplates,
  pause: checkPause,
  webhooks: checkWebhooks,
};

/** Looks at everything that can be wrong with a number, side by side, and changes nothing. */
@Injectable()
export class DiagnoseNumber {
  constructor(
    private readonly graph: GraphClient,
    private readonly db: TenantDb,
    private readonly own: OwnNumbers,
    private readonly canaries: ReadCanary,
    private readonly config: Config,
  ) {}

  /** @throws resource.not-found; whatever Meta does is a finding */
  async diagnose(tenantId: TenantId, id: string): Promise<DoctorView> {
    const started = performance.now();
    const opened = await this.own.openAccount(tenantId, id);
    const canary = await this.canaries.newest(tenantId, id);
    const known = await this.known(tenantId, id, canary);
    const ours = { appId: this.config.META_APP_ID, callbackBase: `${this.config.PUBLIC_URL}/webhooks/whatsapp` };
    const ask = new NumberQuestions(this.graph, opened, known, ours, QUESTION_TIMEOUT_MS);
    const checks = await Promise.all(CHECKS.map((name) => examine(name, ask)));
    return { numberId: id, status: worstOf(checks), checkedAt: known.now, tookMs: Math.round(performance.now() - started), checks, canary };
  }

  private known(tenantId: TenantId, id: string, canary: KnownNumber['canary']): Promise<KnownNumber> {
    const where = { tenantId_id: { tenantId, id } };
    const select = {
      perSecond: true, lastWebhookAt: true, accountId: true, account: { select: { state: true, stateReason: true } },
    } as const;
    return this.db.run(tenantId, async (tx) => {
      const { account, accountId, ...number } = found(await tx.phoneNumber.findUnique({ where, select }));
      const templates = await tx.template.groupBy({ by: ['status'], where: { accountId }, _count: true });
      const [{ now }] = await tx.$queryRaw<[{ now: Date }]>`SELECT now() AS now`;
      const holds = (await readOpenHolds(tx, tenantId, [id])).get(id) ?? [];
      const approvedTemplates = templates.find(({ status }) => status === 'APPROVED')?._count ?? 0;
      return {
        ...number,
        holds,
        accountState: account.state,
        accountStateReason: account.stateReason,
        templates: templates.reduce((sum, { _count: count }) => sum + count, 0),
        approvedTemplates,
        canary,
        now,
      };
    });
  }
}

/** One check, within its time. */
async function examine(name: CheckName, ask: NumberQuestions): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => resolve(unknown('Meta did not answer in time.', 'Try again in a minute.')), CHECK_TIMEOUT_MS);
  });
  const verdict = await Promise.race([CHECK_OF[name](ask).catch(unanswered), late]);
  clearTimeout(timer);
  return { name, ...verdict };
}
