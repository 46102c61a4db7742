import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { BusinessNumber } from '../../state/account.js';
import { parametersOf } from '../parameters.js';
import { TokenAccess } from '../token-access.js';
import { RegisterNumber } from './register-number.js';
import { VerifyNumber } from './verify-number.js';

/** The way of a number onto the Cloud API and off it. */
@Controller(':phoneNumberId')
export class RegistrationController {
  constructor(
    private readonly access: TokenAccess,
    private readonly verifyNumber: VerifyNumber,
    private readonly registerNumber: RegisterNumber,
  ) {}

  @Post('request_code')
  @HttpCode(200)
  requestCode(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): { readonly success: true } {
    this.verifyNumber.requestCode(this.number(request, id), parametersOf(request));
    return { success: true };
  }

  @Post('verify_code')
  @HttpCode(200)
  verifyCode(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): { readonly success: true } {
    this.verifyNumber.verifyCode(this.number(request, id), parametersOf(request));
    return { success: true };
  }

  @Post('register')
  @HttpCode(200)
  register(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): { readonly success: true } {
    this.registerNumber.register(this.number(request, id), parametersOf(request));
    return { success: true };
  }

  @Post('deregister')
  @HttpCode(200)
  deregister(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): { readonly success: true } {
    this.registerNumber.deregister(this.number(request, id));
    return { success: true };
  }

  private number(request: FastifyRequest, id: string): BusinessNumber {
    return this.access.number(request, id, 'whatsapp_business_management');
  }
}
