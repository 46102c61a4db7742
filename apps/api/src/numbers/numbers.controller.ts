import { Body, Controller, Get, HttpCode, HttpStatus, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import type { FastifyReply } from 'fastify';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { AccessTokenDto, ConnectNumberDto } from './number.dto.js';
import { ConnectedNumberView, NumberView, SyncReportView } from './number.view.js';
import { NumbersService } from './numbers.service.js';

/** Phone numbers on the WhatsApp Business Platform. */
@ApiTags('numbers')
@Controller('numbers')
export class NumbersController {
  constructor(private readonly numbers: NumbersService) {}

  @Post()
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'connectNumber', summary: 'Connect a number, or refresh a connected one with a new token' })
  @ApiCreatedResponse({ type: ConnectedNumberView, description: 'Connected.' })
  @ApiOkResponse({ type: ConnectedNumberView, description: 'It was connected; it is refreshed.' })
  async connect(
    @CurrentTenant() tenantId: TenantId,
    @Body() body: ConnectNumberDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectedNumberView> {
    const { number, isNew } = await this.numbers.connect(tenantId, body);
    void reply.status(isNew ? HttpStatus.CREATED : HttpStatus.OK);
    return number;
  }

  @Get()
  @RequireScope('numbers:read')
  @ApiOperation({ operationId: 'listNumbers', summary: 'List the connected numbers' })
  @ApiPage(NumberView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: PageQuery): Promise<Page<NumberView>> {
    return this.numbers.list(tenantId, query);
  }

  @Get(':id')
  @RequireScope('numbers:read')
  @ApiOperation({ operationId: 'getNumber', summary: 'See a number' })
  @ApiOkResponse({ type: NumberView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<NumberView> {
    return this.numbers.get(tenantId, id);
  }

  @Put(':id/token')
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'rotateToken', summary: "Give the number's account a new access token; it takes effect at once" })
  @ApiOkResponse({ type: NumberView })
  rotateToken(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() body: AccessTokenDto): Promise<NumberView> {
    return this.numbers.rotateToken(tenantId, id, body.accessToken);
  }

  @Post(':id/sync-templates')
  @HttpCode(HttpStatus.OK)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'syncTemplates', summary: "Read the templates of the number's account from Meta" })
  @ApiOkResponse({ type: SyncReportView })
  syncTemplates(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<SyncReportView> {
    return this.numbers.syncTemplates(tenantId, id);
  }
}
