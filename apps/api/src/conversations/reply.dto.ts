import { OmitType } from '@nestjs/swagger';
import { SendMessageDto } from '../messages/send-message.dto.js';

/** An answer in a conversation, which says who sends it to whom. Exactly one content. */
export class ReplyDto extends OmitType(SendMessageDto, ['numberId', 'to', 'contactId'] as const) {}

export const REPLY_EXAMPLES = {
  text: { value: { text: { body: 'Your table is ready.' } } },
  'template outside the window': { value: { template: { name: 'we_are_back', language: 'ro', parameters: { body: ['Ana'] } } } },
};
