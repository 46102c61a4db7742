import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, type Page } from '../http/page.js';
import { DeadLetterGroupQuery, DeadLetterQuery } from './dead-letter.query.js';
import { DeadLetterGroupsView, DeadLetterReportView, DeadLetterView } from './dead-letter.view.js';
import { ReadDeadLetters } from './read-dead-letters.js';
import { RedriveDeadLetters } from './redrive-dead-letters.js';
import { DiscardDto, RedriveOneDto } from './redrive.dto.js';
import { RedriveReportView } from './redrive.view.js';

/** Messages that failed for good. */
@ApiTags('dead letters')
@Controller('dead-letters')
export class DeadLettersController {
  constructor(
    private readonly letters: ReadDeadLetters,
    private readonly redrives: RedriveDeadLetters,
  ) {}

  @Get()
  @RequireScope('dead-letters:read')
  @ApiOperation({ operationId: 'listDeadLetters', summary: 'List the messages that failed for good', description: 'By the time of death, with cause and fix.' })
  @ApiPage(DeadLetterView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: DeadLetterQuery): Promise<Page<DeadLetterView>> {
    return this.letters.list(tenantId, query);
  }

  @Get('groups')
  @RequireScope('dead-letters:read')
  @ApiOperation({ operationId: 'groupDeadLetters', summary: 'Count the dead letters by code, number and template' })
  @ApiOkResponse({ type: DeadLetterGroupsView })
  groups(@CurrentTenant() tenantId: TenantId, @Query() query: DeadLetterGroupQuery): Promise<DeadLetterGroupsView> {
    return this.letters.groups(tenantId, query);
  }

  @Get('report')
  @RequireScope('dead-letters:read')
  @ApiOperation({ operationId: 'reportDeadLetters', summary: 'See how many there are, what killed most, and what to do' })
  @ApiOkResponse({ type: DeadLetterReportView })
  report(@CurrentTenant() tenantId: TenantId): Promise<DeadLetterReportView> {
    return this.letters.report(tenantId);
  }

  @Get(':id')
  @RequireScope('dead-letters:read')
  @ApiOperation({ operationId: 'getDeadLetter', summary: 'See a dead letter with its attempts, cause and fix' })
  @ApiOkResponse({ type: DeadLetterView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<DeadLetterView> {
    return this.letters.get(tenantId, id);
  }

  @Post(':id/redrive')
  @HttpCode(200)
  @RequireScope('dead-letters:write')
  @ApiOperation({
    operationId: 'redriveDeadLetter',
    summary: 'Send a dead letter again',
    description: 'It is queued with a new round of attempts; consent, window and template are checked anew when it leaves. Its history stays.',
  })
  @ApiOkResponse({ type: RedriveReportView })
  redrive(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string, @Body() { allowDuplicate = false }: RedriveOneDto): Promise<RedriveReportView> {
    return this.redrives.one(caller, id, allowDuplicate);
  }

  @Post(':id/discard')
  @HttpCode(204)
  @RequireScope('dead-letters:write')
  @ApiOperation({ operationId: 'discardDeadLetter', summary: 'Take a message off the dead letters', description: 'It stays FAILED; who did it and why stands in its timeline.' })
  @ApiNoContentResponse()
  discard(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string, @Body() { reason }: DiscardDto): Promise<void> {
    return this.redrives.discard(caller, id, reason);
  }
}
