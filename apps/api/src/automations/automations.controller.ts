import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Put } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ChangeSecretBody, TryChainBody } from './automation.dto.js';
import { STEP_BODIES } from './automations.dto.js';
import { ChangedSecretView, MessageAutomationsView, StepSecretsView, TriedChainView } from './automations.view.js';
import { ChangeStepSecret } from './change-step-secret.js';
import { ReadAutomations } from './read-automations.js';
import { TryChain } from './try-chain.js';

@ApiTags('messages')
@Controller('messages')
export class MessageAutomationsController {
  constructor(private readonly automations: ReadAutomations) {}

  @Get(':id/automations')
  @RequireScope('messages:read')
  @ApiOperation({ operationId: 'getMessageAutomations', summary: 'See what the automatic answers did with a message, and why' })
  @ApiOkResponse({ type: MessageAutomationsView })
  read(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<MessageAutomationsView> {
    return this.automations.read(tenantId, id);
  }
}

@ApiTags('automations')
@Controller('automations')
export class AutomationTrialsController {
  constructor(private readonly chain: TryChain) {}

  @Post('test')
  @HttpCode(HttpStatus.OK)
  @RequireScope('settings:read')
  @ApiOperation({ operationId: 'testAutomations', summary: 'Try your automatic answers on a text', description: 'Nothing is sent, and no endpoint is asked.' })
  @ApiOkResponse({ type: TriedChainView })
  try(@CurrentTenant() tenantId: TenantId, @Body() body: TryChainBody): Promise<TriedChainView> {
    return this.chain.try(tenantId, body);
  }
}

@ApiTags('settings')
@ApiExtraModels(...Object.values(STEP_BODIES))
@Controller('settings/automations/secrets')
export class StepSecretsController {
  constructor(private readonly secrets: ChangeStepSecret) {}

  @Get()
  @RequireScope('settings:read')
  @ApiOperation({ operationId: 'listAutomationSecrets', summary: 'See for which steps of your automatic answers a secret is set, never the secrets' })
  @ApiOkResponse({ type: StepSecretsView })
  list(@CurrentTenant() tenantId: TenantId): Promise<StepSecretsView> {
    return this.secrets.list(tenantId);
  }

  @Put(':step')
  @RequireScope('settings:write')
  @ApiOperation({
    operationId: 'putAutomationSecret',
    summary: 'Set the secret of a step: the key that signs for your bot, or the API key of your endpoint',
    description: 'It is sealed for the address that the step has now; another address is shown nothing until the secret is set again.',
  })
  @ApiOkResponse({ type: ChangedSecretView })
  change(@CurrentTenantCaller() caller: TenantCaller, @Param('step') step: string, @Body() { secret }: ChangeSecretBody): Promise<ChangedSecretView> {
    return this.secrets.change(caller, step, secret);
  }
}
