import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { parametersOf } from '../parameters.js';
import { TokenAccess } from '../token-access.js';
import { requireProduct } from '../validation/send-request.js';
import { CoexistenceSync } from './coexistence-sync.js';

/** POST /{phone number id}/smb_app_data: the syncs with the WhatsApp Business app. */
@Controller(':phoneNumberId/smb_app_data')
export class SmbAppDataController {
  constructor(
    private readonly access: TokenAccess,
    private readonly sync: CoexistenceSync,
  ) {}

  @Post()
  @HttpCode(200)
  begin(
    @Param('phoneNumberId') id: string,
    @Req() request: FastifyRequest,
  ): { readonly messaging_product: 'whatsapp'; readonly request_id: string } {
    const number = this.access.number(request, id, 'whatsapp_business_management');
    const { sync_type: syncType } = requireProduct(parametersOf(request));
    return { messaging_product: 'whatsapp', request_id: this.sync.begin(number, syncType) };
  }
}
