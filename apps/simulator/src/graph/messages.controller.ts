import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerWithFault, leaveUnanswered, resetConnection } from '../faults/answer-faults.js';
import { acceptsMessage } from '../faults/fault.js';
import { FaultQueue } from '../faults/fault-queue.js';
import { isJsonObject } from '../json.js';
import { AnswerPace } from './answer-pace.js';
import { ReadMarks } from './read-marks.js';
import { SendMessage } from './send-message.js';
import { TokenAccess } from './token-access.js';
import { readSendRequest } from './validation/send-request.js';

/** POST /{phone number id}/messages: sends, read marks and typing. */
@Controller()
export class MessagesController {
  constructor(
    private readonly access: TokenAccess,
    private readonly faults: FaultQueue,
    private readonly sendMessage: SendMessage,
    private readonly readMarks: ReadMarks,
    private readonly pace: AnswerPace,
  ) {}

  @Post(':phoneNumberId/messages')
  @HttpCode(200)
  async post(
    @Param('phoneNumberId') phoneNumberId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    const number = this.access.number(request, phoneNumberId, 'whatsapp_business_messaging');
    if (isJsonObject(body) && body['status'] !== undefined) return void reply.send(this.readMarks.mark(number, body));

    const send = readSendRequest(body, number);
    const fault = this.faults.take(number.id, send.phone ?? send.input);
    if (fault && !acceptsMessage(fault.kind)) return answerWithFault(fault, reply);
    const answer = await this.sendMessage.accept(number, send, fault?.kind === 'failed' ? fault.code : null);
    await this.pace.wait(fault?.delayMs ?? 0);
    if (fault?.kind === 'accept-then-hang') return leaveUnanswered(reply);
    if (fault?.kind === 'accept-then-reset') return resetConnection(reply);
    void reply.send(answer);
  }
}
