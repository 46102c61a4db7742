import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, RequireScope, type Caller } from '../auth/index.js';
import { ApiPage, type Page } from '../http/page.js';
import { AlertQuery } from './alert.query.js';
import { AlertView } from './alert.view.js';
import { ReadAlerts } from './read-alerts.js';

@ApiTags('alerts')
@Controller('alerts')
export class AlertsController {
  constructor(private readonly alerts: ReadAlerts) {}

  @Get()
  @RequireScope('alerts:read')
  @ApiOperation({ operationId: 'listAlerts', summary: "List alerts, open and resolved; with the platform's key those of everybody" })
  @ApiPage(AlertView)
  list(@CurrentCaller() caller: Caller, @Query() query: AlertQuery): Promise<Page<AlertView>> {
    return this.alerts.list(caller, query);
  }
}
