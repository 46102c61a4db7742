import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, RequireScope, type Caller } from '../auth/index.js';
import { OutboundHealthView } from './outbound-health.view.js';
import { ReadOutboundHealth } from './read-outbound-health.js';

/** Unlike the process' own health it shows figures of tenants, hence the credentials. */
@ApiTags('health')
@Controller('health/outbound')
export class OutboundHealthController {
  constructor(private readonly figures: ReadOutboundHealth) {}

  @Get()
  @RequireScope('messages:read')
  @ApiOperation({ operationId: 'getOutboundHealth', summary: "How sending fares; with the platform's key that of everybody" })
  @ApiOkResponse({ type: OutboundHealthView })
  read(@CurrentCaller() caller: Caller): Promise<OutboundHealthView> {
    return this.figures.read(caller);
  }
}
