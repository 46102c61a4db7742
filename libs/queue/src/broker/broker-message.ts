import { isUtf8 } from 'node:buffer';
import type { AsyncMessage, Envelope } from 'rabbitmq-client';

/** A message of the broker, as far as we act on it. */
export interface BrokerMessage {
  /** What its body says, if it is JSON. */
  readonly body: { readonly ok: true; readonly value: unknown } | { readonly ok: false };
  /** The sender's own id of the message. */
  readonly messageId: string | null;
  /** The user who published it; RabbitMQ refuses one that is not the connection's own. */
  readonly userId: string | null;
  readonly routingKey: string;
}

/** Why a message was refused. */
export interface BrokerRefusal {
  /** `noun.reason`, stable. */
  readonly code: string;
  /** For people; never quotes the message. */
  readonly detail: string;
}

/** Where a dead letter says why it is one, and what publishing it anew would lose. */
export const DEAD_LETTER_HEADERS = {
  code: 'x-parley-code',
  detail: 'x-parley-detail',
  userId: 'x-parley-user-id',
  routingKey: 'x-parley-routing-key',
} as const;

export function readBrokerMessage(message: AsyncMessage): BrokerMessage {
  const { messageId, userId, routingKey } = message;
  return { body: readBody(message.body), messageId: messageId ?? null, userId: userId ?? null, routingKey };
}

/** What makes a dead letter of a message: the message as it came, and the reason. */
export function deadLetterOf(message: AsyncMessage, queue: string, { code, detail }: BrokerRefusal): Envelope {
  const { contentType, contentEncoding, correlationId, messageId, timestamp, type, appId, userId, routingKey, headers } = message;
  const { code: codeHeader, detail: detailHeader, userId: userHeader, routingKey: keyHeader } = DEAD_LETTER_HEADERS;
  return {
    exchange: '',
    routingKey: queue,
    durable: true,
    ...(contentType !== undefined && { contentType }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(correlationId !== undefined && { correlationId }),
    ...(messageId !== undefined && { messageId }),
    ...(timestamp !== undefined && { timestamp }),
    ...(type !== undefined && { type }),
    ...(appId !== undefined && { appId }),
    headers: {
      ...headers,
      [codeHeader]: code,
      [detailHeader]: detail,
      [keyHeader]: routingKey,
      // As a property RabbitMQ would refuse it from us.
      ...(userId !== undefined && { [userHeader]: userId }),
    },
  };
}

/** The client has read what calls itself JSON, where it could; text and bytes are read here. */
function readBody(body: unknown): BrokerMessage['body'] {
  if (!Buffer.isBuffer(body) && typeof body !== 'string') return { ok: true, value: body };
  if (Buffer.isBuffer(body) && !isUtf8(body)) return { ok: false };
  try {
    return { ok: true, value: JSON.parse(body.toString()) };
  } catch {
    return { ok: false };
  }
}
