import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePlatform } from '../auth/index.js';
import { Id } from '../http/id.js';
import { LedgerEventQuery } from './ledger-event.query.js';
import { LedgerEventDetailView, LedgerEventsPage, LedgerLagView } from './ledger-event.view.js';
import { ReadLedger } from './read-ledger.js';

/** Every webhook that was taken, for the platform's operators. */
@ApiTags('ingest')
@RequirePlatform()
@Controller('ingest')
export class LedgerController {
  constructor(private readonly ledger: ReadLedger) {}

  @Get('events')
  @ApiOperation({
    operationId: 'listWebhooks',
    summary: 'Look into the ledger of webhooks, newest first',
    description: 'kind, number, path and value are looked for in 500 webhooks at a time: follow nextCursor until hasMore is false.',
  })
  @ApiOkResponse({ type: LedgerEventsPage })
  list(@Query() query: LedgerEventQuery): Promise<LedgerEventsPage> {
    return this.ledger.list(query);
  }

  @Get('events/:id')
  @ApiOperation({ operationId: 'getWebhook', summary: 'See a webhook with its body and every item' })
  @ApiOkResponse({ type: LedgerEventDetailView })
  find(@Id() id: string): Promise<LedgerEventDetailView> {
    return this.ledger.find(id);
  }

  @Get('lag')
  @ApiOperation({ operationId: 'getIngestLag', summary: 'See what waits in the ledger, and what could not be applied' })
  @ApiOkResponse({ type: LedgerLagView })
  lag(): Promise<LedgerLagView> {
    return this.ledger.lag();
  }
}
