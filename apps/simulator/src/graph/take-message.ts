import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { answerAccepted, answerWithFault } from '../faults/answer-faults.js';
import { ChooseFault } from '../faults/choose-fault.js';
import { acceptsMessage } from '../faults/fault.js';
import type { BusinessNumber } from '../state/account.js';
import { AnswerPace } from './answer-pace.js';
import { SendMessage } from './send-message.js';
import type { SendRequest } from './validation/send-request.js';

/** Takes a send and answers it, or lets the fault happen that waits for it. */
@Injectable()
export class TakeMessage {
  constructor(
    private readonly faults: ChooseFault,
    private readonly sendMessage: SendMessage,
    private readonly pace: AnswerPace,
  ) {}

  async take(number: BusinessNumber, send: SendRequest, reply: FastifyReply): Promise<void> {
    const fault = this.faults.forSend(number.id, send.phone ?? send.input);
    if (fault && !acceptsMessage(fault.kind)) return answerWithFault(fault, reply);
    const answer = await this.sendMessage.accept(number, send, fault);
    await this.pace.wait(fault?.kind === 'slow' ? fault.delayMs : 0);
    answerAccepted(fault, answer, reply);
  }
}
