import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePlatform } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, type Page } from '../http/page.js';
import { DeadWebhookQuery, DeadWebhookView, RedriveDeadWebhooksDto, RedrivenWebhooksView } from './dead-webhook.dto.js';
import { DeadWebhooks } from './dead-webhooks.js';

/** Webhooks that could not be applied, for the platform's operators. */
@ApiTags('ingest')
@RequirePlatform()
@Controller('ingest/dead-letters')
export class DeadWebhooksController {
  constructor(private readonly webhooks: DeadWebhooks) {}

  @Get()
  @ApiOperation({ operationId: 'listDeadWebhooks', summary: 'List what of the webhooks could not be applied' })
  @ApiPage(DeadWebhookView)
  list(@Query() query: DeadWebhookQuery): Promise<Page<DeadWebhookView>> {
    return this.webhooks.list(query);
  }

  @Post('redrive')
  @HttpCode(200)
  @ApiOperation({ operationId: 'redriveDeadWebhooks', summary: 'Try many of them again', description: 'Harmless when repeated: what applies twice has one effect.' })
  @ApiOkResponse({ type: RedrivenWebhooksView })
  redriveMany(@Body() { filter, dryRun = false }: RedriveDeadWebhooksDto): Promise<RedrivenWebhooksView> {
    return dryRun ? this.webhooks.count(filter) : this.webhooks.redriveMany(filter);
  }

  @Post(':id/redrive')
  @HttpCode(200)
  @ApiOperation({ operationId: 'redriveDeadWebhook', summary: 'Try one of them again' })
  @ApiOkResponse({ type: RedrivenWebhooksView })
  redriveOne(@Id() id: string): Promise<RedrivenWebhooksView> {
    return this.webhooks.redriveOne(id);
  }
}
