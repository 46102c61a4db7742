import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { SearchMessages } from './search-messages.js';
import { SearchQueryDto } from './search.query.js';
import { ApiSearchPage, FoundMessageView, type SearchPage } from './search.view.js';

@ApiTags('messages')
@Controller('messages/search')
export class SearchController {
  constructor(private readonly messages: SearchMessages) {}

  @Get()
  @RequireScope('messages:read')
  @ApiOperation({ operationId: 'searchMessages', summary: 'Find messages by their words', description: 'In what was written and said, names of contacts and ids of orders. A message can be found a second or two after it was written.' })
  @ApiSearchPage(FoundMessageView)
  search(@CurrentTenant() tenantId: TenantId, @Query() query: SearchQueryDto): Promise<SearchPage<FoundMessageView>> {
    return this.messages.search(tenantId, query);
  }
}
