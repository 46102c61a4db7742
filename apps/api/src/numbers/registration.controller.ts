import { Body, Controller, Get, Header, HttpCode, Post, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { NumberPins } from './number-pins.js';
import { NumberView } from './number.view.js';
import { PinDto, PinView, RegisterDto, VerificationCodeDto, VerificationDto } from './registration.dto.js';
import { RegisterNumber } from './register-number.js';

/** A number's way onto the Cloud API, step by step; an onboarding takes all of them by itself. */
@ApiTags('numbers')
@Controller('numbers/:id')
export class RegistrationController {
  constructor(
    private readonly registration: RegisterNumber,
    private readonly pins: NumberPins,
  ) {}

  @Post('request-code')
  @HttpCode(204)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'requestVerificationCode', summary: 'Have Meta send or speak a code to the number' })
  @ApiNoContentResponse({ description: 'The code is on its way.' })
  requestCode(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() body: VerificationDto): Promise<void> {
    return this.registration.requestCode(tenantId, id, body);
  }

  @Post('verify-code')
  @HttpCode(200)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'verifyNumber', summary: 'Give back the code that came to the number' })
  @ApiOkResponse({ type: NumberView })
  verifyCode(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() { code }: VerificationCodeDto): Promise<NumberView> {
    return this.registration.verifyCode(tenantId, id, code);
  }

  @Post('register')
  @HttpCode(200)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'registerNumber', summary: 'Register the number, so that it can send' })
  @ApiOkResponse({ type: NumberView })
  register(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() { pin }: RegisterDto): Promise<NumberView> {
    return this.registration.register(tenantId, id, pin);
  }

  @Post('deregister')
  @HttpCode(200)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'deregisterNumber', summary: 'Take the number off the Cloud API; it sends no more' })
  @ApiOkResponse({ type: NumberView })
  deregister(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<NumberView> {
    return this.registration.deregister(tenantId, id);
  }

  @Put('pin')
  @HttpCode(204)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'setPin', summary: 'Set the PIN of two-step verification' })
  @ApiNoContentResponse({ description: 'Meta has the new PIN, and so have we.' })
  setPin(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() { pin }: PinDto): Promise<void> {
    return this.registration.setPin(tenantId, id, pin);
  }

  /** It needs the right to write: whoever reads the PIN can move the number. */
  @Get('pin')
  @RequireScope('numbers:write')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'getPin', summary: 'See the PIN that was given or made for the number' })
  @ApiOkResponse({ type: PinView })
  async pin(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<PinView> {
    return { pin: await this.pins.reveal(tenantId, id) };
  }
}
