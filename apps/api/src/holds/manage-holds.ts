import { Injectable } from '@nestjs/common';
import { Holds, releaseHeldMessages, SystemDb, TenantDb, writeAudit, type EndedHolds, type HoldScope } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import { Clock, logEvent } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import type { TenantCaller } from '../auth/index.js';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page } from '../http/page.js';
import type { BeginHoldDto, HoldQuery } from './hold.dto.js';
import { holdView, type HoldRow, type HoldView } from './hold.view.js';

const ONE_YEAR_MS = 366 * 86_400_000;

/** What a tenant's people hold back, and what is held for them. */
@Injectable()
export class ManageHolds {
  constructor(
    private readonly db: TenantDb,
    private readonly system: SystemDb,
    private readonly producer: JobProducer,
    private readonly clock: Clock,
    private readonly logger: PinoLogger,
  ) {}

  /** The open ones. */
  async list(tenantId: TenantId, query: HoldQuery): Promise<Page<HoldView>> {
    const { where: page, ...window } = prismaWindow(query);
    const { scope, scopeId } = query;
    const isOpen = { endedAt: null, OR: [{ until: null }, { until: { gt: this.clock.now() } }] };
    const where = { tenantId, ...isOpen, ...(scope && { scope }), ...(scopeId && { scopeId }), ...page };
    const rows = await this.db.run(tenantId, (tx) => tx.hold.findMany({ ...window, where }));
    return pageOf<HoldRow & { id: string }, HoldView>(rows, query, holdView);
  }

  /** Holds it, or says anew until when and why. @throws resource.not-found, request.invalid */
  async begin({ tenantId, actor }: TenantCaller, { scope, scopeId, reason, until }: BeginHoldDto): Promise<HoldView> {
    const id = scope === 'tenant' ? tenantId : scopeId;
    if (id === undefined) throw invalid('/scopeId', 'Give the id of what is to be held.');
    const untilMs = until === undefined ? null : this.msUntil(until);
    const isNew = await this.system.transaction(async (tx) => {
      const begun = await new Holds(tx).begin({ tenantId, scope, scopeId: id, cause: 'pause', reason, actor, untilMs });
      await writeAudit(tx, { tenantId, actor, action: 'hold.begun', target: `${scope}:${id}`, before: null, after: { reason, until: until ?? null } });
      return begun;
    });
    const where = { tenantId, scope, scopeId: id, cause: 'pause', endedAt: null };
    const row = found(await this.db.run(tenantId, (tx) => tx.hold.findFirst({ where })));
    if (isNew) logEvent(this.logger, 'hold.began', { scope, scopeId: id, cause: 'pause', reason, untilMs });
    return holdView(row);
  }

  /** Lets go what it held, whoever held it. @throws resource.not-found */
  async end({ tenantId, actor }: TenantCaller, id: string): Promise<void> {
    const where = { tenantId_id: { tenantId, id }, endedAt: null };
    const { scope, scopeId, cause, reason } = found(await this.db.run(tenantId, (tx) => tx.hold.findUnique({ where })));
    const held = { tenantId, scope: scope as HoldScope, scopeId, cause: cause as 'pause' };
    const ended = await this.system.transaction(async (tx) => {
      const freed = await new Holds(tx).end({ ...held, actor });
      if (freed) await writeAudit(tx, { tenantId, actor, action: 'hold.ended', target: `${scope}:${scopeId}`, before: { cause, reason }, after: null });
      return freed;
    });
    const numberIds = scope === 'template' ? await this.release(tenantId, scopeId) : (ended satisfies EndedHolds | null)?.numberIds ?? [];
    for (const numberId of numberIds) this.producer.wake('number.wake', { numberId });
  }

  /** The first of what a template held; the sweeper sees to the rest. */
  private async release(tenantId: TenantId, templateId: string): Promise<string[]> {
    return (await releaseHeldMessages(this.system, [{ tenantId, templateId }])).map(({ numberId }) => numberId);
  }

  private msUntil(until: Date): number {
    const ms = until.getTime() - this.clock.now().getTime();
    if (ms <= 0 || ms > ONE_YEAR_MS) throw invalid('/until', 'This must be a time within the next year.');
    return ms;
  }
}

function invalid(pointer: string, detail: string): DomainError {
  return new DomainError('request.invalid', detail, { errors: [{ pointer, code: 'field.invalid', detail }] });
}
