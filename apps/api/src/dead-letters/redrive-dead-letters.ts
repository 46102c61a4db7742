import { Injectable } from '@nestjs/common';
import {
  countRedriveFacts,
  discardDeadLetter,
  DRY_RUN_CAP,
  readRedriveFacts,
  redriveMessages,
  SystemDb,
  TenantDb,
  type DeadLetterFilter,
  type RedrivenMessage,
} from '@parley/data';
import { DomainError, judgeRedrive, REDRIVE_VERDICTS, type TenantId } from '@parley/domain';
import { Config, logEvent } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import type { TenantCaller } from '../auth/index.js';
import { notFound } from '../http/id.js';
import { verdictViews, type RedriveItemView, type RedriveReportView } from './redrive.view.js';

const SECONDS_PER_HOUR = 3_600;

/** Puts dead letters back into the queue, or off the list. What leaves is checked anew, and paced like everything else. */
@Injectable()
export class RedriveDeadLetters {
  constructor(
    private readonly tenants: TenantDb,
    private readonly system: SystemDb,
    private readonly producer: JobProducer,
    private readonly config: Config,
    private readonly logger: PinoLogger,
  ) {}

  /** @throws resource.not-found, dead-letter.uncertain, dead-letter.state-conflict */
  async one(caller: TenantCaller, id: string, allowDuplicate: boolean): Promise<RedriveReportView> {
    const [redriven] = await this.redrive(caller, [id], allowDuplicate);
    if (!redriven) throw notFound();
    if (redriven.verdict === 'uncertain') throw new DomainError('dead-letter.uncertain');
    if (redriven.verdict !== 'redriven') throw stateConflict(redriven.verdict);
    return report(false, [{ id, verdict: 'redriven', reason: null }]);
  }

  /** A verdict for each; what cannot be redriven stays as it is. */
  async many(caller: TenantCaller, ids: readonly string[], allowDuplicate: boolean): Promise<RedriveReportView> {
    const redriven = new Map((await this.redrive(caller, ids, allowDuplicate)).map((one) => [one.id, one.verdict]));
    return report(false, ids.map((id) => ({ id, verdict: redriven.get(id) ?? 'not-found', reason: null })));
  }

  /** What would become of these, without a change. */
  async dryRun(tenantId: TenantId, ids: readonly string[], allowDuplicate: boolean): Promise<RedriveReportView> {
    const facts = await this.tenants.run(tenantId, (tx) => readRedriveFacts(tx, tenantId, ids));
    const judged = new Map(facts.map((one) => [one.id, judgeRedrive(one, { allowDuplicate })]));
    return report(true, ids.map((id) => ({ id, ...(judged.get(id) ?? { verdict: 'not-found', reason: null }) })));
  }

  /** The same for a filter; the oldest are looked at. */
  async dryRunOfFilter(tenantId: TenantId, filter: DeadLetterFilter, allowDuplicate: boolean): Promise<RedriveReportView> {
    const facts = await this.tenants.run(tenantId, (tx) => countRedriveFacts(tx, tenantId, filter));
    const counted = facts.map((one) => ({ ...judgeRedrive(one, { allowDuplicate }), count: one.count }));
    const total = counted.reduce((sum, { count }) => sum + count, 0);
    return { dryRun: true, total, isCapped: total === DRY_RUN_CAP, verdicts: verdictViews(counted), messages: [], redrive: null };
  }

  /** @throws resource.not-found for what is no dead letter of the tenant */
  async discard({ tenantId, actor }: TenantCaller, id: string, reason: string): Promise<void> {
    if (!(await discardDeadLetter(this.system, tenantId, id, actor, reason))) throw notFound();
  }

  private async redrive({ tenantId, actor }: TenantCaller, ids: readonly string[], allowDuplicate: boolean): Promise<RedrivenMessage[]> {
    const validSeconds = this.config.MESSAGE_VALIDITY_HOURS * SECONDS_PER_HOUR;
    const settled = await redriveMessages(this.system, [...new Set(ids)], { tenantId, actor, allowDuplicate, validSeconds });
    const redriven = settled.filter(({ verdict }) => verdict === 'redriven');
    for (const { id } of redriven) logEvent(this.logger, 'message.state_changed', { messageId: id, tenantId, to: 'QUEUED', reason: 'redriven' });
    for (const numberId of new Set(redriven.map((one) => one.numberId))) this.producer.wake('number.wake', { numberId });
    return settled;
  }
}

function stateConflict(verdict: RedrivenMessage['verdict']): DomainError {
  const detail = verdict === 'expired' || verdict === 'not-dead' ? REDRIVE_VERDICTS[verdict] : undefined;
  return new DomainError('dead-letter.state-conflict', detail);
}

type Item = RedriveItemView & { verdict: keyof typeof REDRIVE_VERDICTS | 'redriven' | 'out-of-date' };

function report(dryRun: boolean, messages: readonly Item[]): RedriveReportView {
  const counted = messages.map(({ verdict, reason }) => ({ verdict: verdict === 'out-of-date' ? 'not-dead' : verdict, reason, count: 1 }));
  return { dryRun, total: messages.length, isCapped: false, verdicts: verdictViews(counted), messages: [...messages], redrive: null };
}
