import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DomainError, type TenantId } from '@parley/domain';
import type { FastifyReply } from 'fastify';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { deadLetterFilter } from './dead-letter.query.js';
import { RedriveDeadLetters } from './redrive-dead-letters.js';
import { RedriveManyDto } from './redrive.dto.js';
import { RedriveReportView, RedriveView } from './redrive.view.js';
import { RedrivesOfFilter } from './redrives-of-filter.js';

/** Redrives of many dead letters. */
@ApiTags('dead letters')
@Controller('dead-letters')
export class RedrivesController {
  constructor(
    private readonly redrives: RedriveDeadLetters,
    private readonly ofFilter: RedrivesOfFilter,
  ) {}

  @Post('redrive')
  @RequireScope('dead-letters:write')
  @ApiOperation({
    operationId: 'redriveDeadLetters',
    summary: 'Send many dead letters again, by their ids or by a filter',
    description: 'With dryRun: true it only tells what would become of them. Those of a filter go out in the background: follow `redrive`.',
  })
  @ApiResponse({ status: 200, type: RedriveReportView, description: 'What would become of them, or what became of each id.' })
  @ApiResponse({ status: 202, type: RedriveReportView, description: 'The redrive of the filter has begun.' })
  async redrive(
    @CurrentTenantCaller() caller: TenantCaller,
    @Body() { ids, filter, dryRun = false, allowDuplicate = false }: RedriveManyDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedriveReportView> {
    void reply.code(200);
    if ((ids === undefined) === (filter === undefined)) throw oneOfThem();
    if (ids) return dryRun ? this.redrives.dryRun(caller.tenantId, ids, allowDuplicate) : this.redrives.many(caller, ids, allowDuplicate);
    const wanted = deadLetterFilter(filter ?? {});
    const foreseen = await this.redrives.dryRunOfFilter(caller.tenantId, wanted, allowDuplicate);
    if (dryRun) return foreseen;
    void reply.code(202);
    return { ...foreseen, dryRun: false, redrive: await this.ofFilter.begin(caller, wanted, allowDuplicate) };
  }

  @Get('redrives')
  @RequireScope('dead-letters:read')
  @ApiOperation({ operationId: 'listRedrives', summary: 'List the redrives of many' })
  @ApiPage(RedriveView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: PageQuery): Promise<Page<RedriveView>> {
    return this.ofFilter.list(tenantId, query);
  }

  @Get('redrives/:id')
  @RequireScope('dead-letters:read')
  @ApiOperation({ operationId: 'getRedrive', summary: 'See how far a redrive came' })
  @ApiOkResponse({ type: RedriveView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<RedriveView> {
    return this.ofFilter.get(tenantId, id);
  }
}

function oneOfThem(): DomainError {
  const detail = 'Give either ids or filter; an empty filter means every dead letter.';
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/ids', code: 'field.invalid', detail }] });
}
