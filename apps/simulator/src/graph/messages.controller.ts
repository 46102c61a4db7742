import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isJsonObject } from '../json.js';
import { MarketingMessages } from './marketing-messages.js';
import { ReadMarks } from './read-marks.js';
import { TakeMessage } from './take-message.js';
import { TokenAccess } from './token-access.js';
import { readSendRequest } from './validation/send-request.js';

/** POST /{phone number id}/messages: sends, read marks and typing; /marketing_messages: templates only. */
@Controller(':phoneNumberId')
export class MessagesController {
  constructor(
    private readonly access: TokenAccess,
    private readonly takeMessage: TakeMessage,
    private readonly readMarks: ReadMarks,
    private readonly marketing: MarketingMessages,
  ) {}

  @Post('messages')
  @HttpCode(200)
  async post(
    @Param('phoneNumberId') phoneNumberId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    const number = this.access.number(request, phoneNumberId, 'whatsapp_business_messaging');
    if (isJsonObject(body) && body['status'] !== undefined) return void reply.send(this.readMarks.mark(number, body));
    await this.takeMessage.take(number, readSendRequest(body, number), reply);
  }

  @Post('marketing_messages')
  @HttpCode(200)
  async postMarketing(
    @Param('phoneNumberId') phoneNumberId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    const number = this.access.number(request, phoneNumberId, 'whatsapp_business_messaging');
    await this.takeMessage.take(number, this.marketing.read(number, body), reply);
  }
}
