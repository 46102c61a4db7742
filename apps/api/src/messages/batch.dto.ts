import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MOST_MESSAGES } from './batch-items.js';
import { SendMessageDto } from './send-message.dto.js';

/** A message of a batch: the body of `POST /v1/messages`, and a key of its own where it has one. */
export class BatchMessageDto extends SendMessageDto {
  @ApiPropertyOptional({
    example: 'order-860198',
    maxLength: 255,
    description: 'As the header of POST /v1/messages, and the same key there. Without it the key of the call and the place stand for it.',
  })
  idempotencyKey?: string;
}

/** For the documentation: an item is read by itself, so that a bad one does not cost the others. */
export class BatchDto {
  @ApiProperty({ type: [BatchMessageDto], minItems: 1, maxItems: MOST_MESSAGES })
  messages!: BatchMessageDto[];
}

const NUMBER = '0199a1b2-0000-7000-8000-000000000001';
const confirmation = (to: string, name: string, order: string) => ({
  numberId: NUMBER,
  to,
  template: { name: 'order_confirmation', language: 'en_US', parameters: { body: [name, order] } },
});

/** Bodies of the routes that take many messages. */
export const BATCH_EXAMPLES = {
  'two orders': {
    value: {
      messages: [
        { ...confirmation('+40723000111', 'Ana', '860198'), orderId: '860198', idempotencyKey: 'order-860198' },
        confirmation('+40723000112', 'Ion', '860199'),
      ],
    },
  },
  'an answer': { value: { messages: [{ numberId: NUMBER, to: '+40723000111', text: { body: 'Your table is ready.' } }] } },
};
