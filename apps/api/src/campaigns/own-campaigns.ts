import { Injectable } from '@nestjs/common';
import { TenantDb, type TenantTx } from '@parley/data';
import { checkVariants, DomainError, findInvalidText, type CampaignSchedule, type CampaignState, type CampaignVariant, type FieldError, type TenantId } from '@parley/domain';
import { Governor } from '@parley/limits';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page } from '../http/page.js';
import { campaignProgress } from './campaign-progress.js';
import type { CampaignQuery, CampaignScheduleDto, ChangeCampaignDto, CreateCampaignDto } from './campaign.dto.js';
import { campaignView, type CampaignDetailView, type CampaignRow, type CampaignView } from './campaign.view.js';
import { notDraft } from './take-audience.js';

/** A tenant's campaigns: made and changed as drafts, seen with what became of them. */
@Injectable()
export class OwnCampaigns {
  constructor(
    private readonly db: TenantDb,
    private readonly governor: Governor,
  ) {}

  /** @throws request.invalid, number.not-found */
  async create(tenantId: TenantId, dto: CreateCampaignDto): Promise<CampaignDetailView> {
    const { name, numberId, variants, validSeconds } = dto;
    const schedule = scheduleOf(dto.schedule);
    refuse(faultsOf(dto));
    return this.db.run(tenantId, async (tx) => {
      await requireNumber(tx, tenantId, numberId);
      const data = { tenantId, name, phoneNumberId: numberId, variants: variants as never, schedule: schedule as never, validSeconds };
      return this.detail(tx, tenantId, await tx.campaign.create({ data }));
    });
  }

  async list(tenantId: TenantId, query: CampaignQuery): Promise<Page<CampaignView>> {
    const { where: page, ...window } = prismaWindow(query);
    const rows = await this.db.run(tenantId, (tx) => tx.campaign.findMany({ ...window, where: { ...page, state: query.state } }));
    return pageOf(rows, query, campaignView);
  }

  /** @throws resource.not-found */
  async get(tenantId: TenantId, id: string): Promise<CampaignDetailView> {
    return this.db.run(tenantId, async (tx) => this.detail(tx, tenantId, await this.find(tx, tenantId, id)));
  }

  /** @throws resource.not-found, request.invalid, number.not-found, campaign.state-conflict */
  async change(tenantId: TenantId, id: string, dto: ChangeCampaignDto): Promise<CampaignDetailView> {
    const { name, numberId, variants, validSeconds } = dto;
    const schedule = dto.schedule && scheduleOf(dto.schedule);
    refuse(faultsOf(dto));
    return this.db.run(tenantId, async (tx) => {
      await this.find(tx, tenantId, id);
      if (numberId !== undefined) await requireNumber(tx, tenantId, numberId);
      const data = { name, phoneNumberId: numberId, variants: variants as never, schedule: schedule as never, validSeconds };
      const { count } = await tx.campaign.updateMany({ where: { tenantId, id, state: 'DRAFT' }, data });
      const row = await this.find(tx, tenantId, id);
      if (count === 0) throw notDraft(row.state);
      return this.detail(tx, tenantId, row);
    });
  }

  /** @throws resource.not-found */
  async find(tx: TenantTx, tenantId: TenantId, id: string): Promise<CampaignRow> {
    return found(await tx.campaign.findUnique({ where: { tenantId_id: { tenantId, id } } }));
  }

  private async detail(tx: TenantTx, tenantId: TenantId, row: CampaignRow): Promise<CampaignDetailView> {
    const view = campaignView(row);
    const tallies = await tx.campaignTally.findMany({ where: { tenantId, campaignId: row.id }, select: { variant: true, state: true, reason: true, count: true } });
    const progress = campaignProgress(view, tallies);
    const left = progress.waiting + progress.fed;
    if (view.state !== 'RUNNING' || left === 0) return { ...view, progress, expectedFinishAt: null };
    const number = await tx.phoneNumber.findUnique({ where: { tenantId_id: { tenantId, id: row.phoneNumberId } }, select: { perSecond: true } });
    const expectedFinishAt = number && new Date(Date.now() + this.governor.eta(number, left));
    return { ...view, progress, expectedFinishAt };
  }
}

async function requireNumber(tx: TenantTx, tenantId: TenantId, numberId: string): Promise<void> {
  const number = await tx.phoneNumber.findUnique({ where: { tenantId_id: { tenantId, id: numberId } }, select: { id: true } });
  if (number) return;
  const detail = 'No such number is connected.';
  throw new DomainError('number.not-found', detail, { errors: [{ pointer: '/numberId', code: 'number.not-found', detail }] });
}

function faultsOf({ variants, ...others }: ChangeCampaignDto): FieldError[] {
  const pointer = findInvalidText({ variants, ...others });
  const text = 'U+0000 and half surrogate pairs cannot be stored.';
  return [
    ...(variants ? checkVariants(variants as readonly CampaignVariant[]) : []),
    ...(pointer === null ? [] : [{ pointer, code: 'text.invalid-character', detail: text }]),
  ];
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new DomainError('request.invalid', undefined, { errors });
}

function scheduleOf({ kind, at, localTime }: CampaignScheduleDto = { kind: 'now' }): CampaignSchedule {
  const given = { at, localTime };
  const wanted = { now: undefined, at: 'at', local: 'localTime' } as const;
  const errors = (['at', 'localTime'] as const).flatMap((name) => {
    const isWanted = wanted[kind] === name;
    if ((given[name] !== undefined) === isWanted) return [];
    const detail = isWanted ? `A schedule of kind ${kind} needs ${name}.` : `A schedule of kind ${kind} takes no ${name}.`;
    return [{ pointer: `/schedule/${name}`, code: isWanted ? 'field.missing' : 'field.unknown', detail }];
  });
  refuse(errors);
  if (at !== undefined && Number.isNaN(Date.parse(at))) refuse([{ pointer: '/schedule/at', code: 'field.invalid', detail: 'There is no such day or time.' }]);
  if (at !== undefined) return { kind: 'at', at: new Date(at).toISOString() };
  return localTime === undefined ? { kind: 'now' } : { kind: 'local', localTime };
}

/** The states a campaign may be in, for those who steer it. */
export const stateOf = ({ state }: CampaignRow): CampaignState => state as CampaignState;
