import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../../json.js';
import { NumberBelongings } from '../../state/number-belongings.js';
import { selectFields } from '../fields.js';
import { parametersOf } from '../parameters.js';
import { TokenAccess } from '../token-access.js';
import { ChangeProfile } from './change-profile.js';

const FIELDS = ['about', 'address', 'description', 'email', 'profile_picture_url', 'websites', 'vertical'];

/** What customers see of a business. */
@Controller(':phoneNumberId/whatsapp_business_profile')
export class BusinessProfileController {
  constructor(
    private readonly access: TokenAccess,
    private readonly belongings: NumberBelongings,
    private readonly changeProfile: ChangeProfile,
  ) {}

  @Get()
  read(
    @Param('phoneNumberId') id: string,
    @Req() request: FastifyRequest,
    @Query('fields') fields?: string,
  ): { readonly data: JsonObject[] } {
    const number = this.access.number(request, id, 'whatsapp_business_messaging');
    const known = Object.fromEntries(FIELDS.map((field) => [field, undefined]));
    const node = { ...known, ...this.belongings.of(number.id).profile };
    const { id: _id, ...selected } = selectFields(node, fields, FIELDS, 'WhatsAppBusinessProfile');
    return { data: [{ ...selected, messaging_product: 'whatsapp' }] };
  }

  @Post()
  @HttpCode(200)
  change(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): { readonly success: true } {
    const number = this.access.number(request, id, 'whatsapp_business_messaging');
    this.changeProfile.change(number, parametersOf(request));
    return { success: true };
  }
}
