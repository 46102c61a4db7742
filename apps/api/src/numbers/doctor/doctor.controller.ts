import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../../auth/index.js';
import { found, Id } from '../../http/id.js';
import { CanaryDto } from '../canary/canary.dto.js';
import { CanaryView } from '../canary/canary.view.js';
import { ReadCanary } from '../canary/read-canary.js';
import { SendCanary } from '../canary/send-canary.js';
import { OwnNumbers } from '../own-numbers.js';
import { DiagnoseNumber } from './diagnose-number.js';
import { DoctorView } from './doctor.view.js';

/** What is wrong with a number, and whether its webhooks arrive. */
@ApiTags('numbers')
@Controller('numbers/:id')
export class DoctorController {
  constructor(
    private readonly doctor: DiagnoseNumber,
    private readonly canary: SendCanary,
    private readonly canaries: ReadCanary,
    private readonly own: OwnNumbers,
  ) {}

  @Get('doctor')
  @RequireScope('numbers:read')
  @ApiOperation({ operationId: 'diagnoseNumber', summary: 'Look at everything that can be wrong with the number' })
  @ApiOkResponse({ type: DoctorView })
  diagnose(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<DoctorView> {
    return this.doctor.diagnose(tenantId, id);
  }

  @Post('canary')
  @HttpCode(202)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'sendCanary', summary: 'Make Meta send a webhook, to prove that webhooks arrive' })
  @ApiResponse({ status: 202, type: CanaryView, description: 'On its way: look at it with GET.' })
  send(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string, @Body() body: CanaryDto): Promise<CanaryView> {
    return this.canary.send(caller, id, body);
  }

  @Get('canary')
  @RequireScope('numbers:read')
  @ApiOperation({ operationId: 'getCanary', summary: 'See whether the webhook of the newest canary came, and how long it took' })
  @ApiOkResponse({ type: CanaryView })
  async newest(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<CanaryView> {
    await this.own.get(tenantId, id);
    return found(await this.canaries.newest(tenantId, id));
  }
}
