import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mediaKind } from '../graph/media/media-kinds.js';
import type { Customer } from '../state/customers.js';
import { ControlProblem } from './control-problem.js';
import { CustomerFiles } from './customer-files.js';
import type { InboundResult } from './dto/customer.dto.js';
import { INBOUND_TYPES } from './inbound-content.js';
import { Known } from './known.js';
import { PlayCustomer } from './play-customer.js';

/** Sends a file of a customer to a business: a form with the file, and what else a message says. */
@Injectable()
export class SendCustomerFile {
  constructor(
    private readonly known: Known,
    private readonly files: CustomerFiles,
    private readonly playCustomer: PlayCustomer,
  ) {}

  /** @throws ControlProblem for a request that is no form, has no file, or names no known number or kind */
  async send(customer: Customer, request: FastifyRequest): Promise<InboundResult> {
    if (!request.isMultipart()) {
      throw new ControlProblem(415, 'file.missing', 'Send a multipart form: phoneNumberId, and a part that is a file.');
    }
    const { fields, file } = await this.files.read(request.parts());
    const number = this.known.number(fields['phoneNumberId'] ?? '');
    const wanted = fields['type'] ?? mediaKind(file.mimeType) ?? 'document';
    const type = INBOUND_TYPES.find((known) => known === wanted);
    if (!type) throw new ControlProblem(400, 'message.invalid', `${wanted} is no type of message.`);
    const said = {
      type,
      text: fields['text'] === '' ? undefined : fields['text'],
      voice: fields['voice'] === 'true',
      contextMessageId: fields['contextMessageId'],
    };
    return this.playCustomer.write(number, customer, said, this.files.keep(number.id, file));
  }
}
