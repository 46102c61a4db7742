import type { MediaKind } from '../feed/chat.dto.js';
import { isMediaKind } from '../feed/render-media.js';
import type { JsonObject } from '../json.js';

export const INBOUND_TYPES = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'reaction',
  'interactive',
  'button',
  'order',
  'system',
  'unsupported',
] as const;
export type InboundType = (typeof INBOUND_TYPES)[number];

/** What a customer says: only the type is needed, the rest is made up. */
export interface InboundContent {
  readonly type: InboundType;
  readonly text?: string | undefined;
  readonly content?: JsonObject | undefined;
  /** Whether audio is a voice note; it is unless another thing is said. */
  readonly voice?: boolean | undefined;
}

/** A file that a customer sent, as webhooks name it. */
export interface InboundFile {
  readonly id: string;
  readonly url: string;
  readonly mimeType: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly filename: string;
}

/**
 * The part of an inbound message that its type decides.
 * @param file what kinds with media carry
 */
export function inboundContent(said: InboundContent, file: InboundFile | null): JsonObject {
  const { type, content = {} } = said;
  const made = isMediaKind(type) ? ofMedia(type, said, file) : makeUp(said);
  // Contact cards are a list under their key; all other kinds are one object.
  const body = type === 'contacts' ? (content['contacts'] ?? [made]) : { ...made, ...content };
  const errors = type === 'unsupported' ? { errors: [UNSUPPORTED_ERROR] } : {};
  return { type, ...errors, [type]: body };
}

const UNSUPPORTED_ERROR = {
  code: 131051,
  title: 'Message type unknown',
  message: 'Message type unknown',
  error_data: { details: 'Message type is currently not supported.' },
};

function makeUp({ type, text }: InboundContent): JsonObject {
  switch (type) {
    case 'location':
      return { latitude: -23.5614, longitude: -46.6559, name: text ?? 'Avenida Paulista' };
    case 'contacts':
      return {
        name: { first_name: 'Ana', formatted_name: text ?? 'Ana' },
        phones: [{ phone: '+1 (415) 555-0829', type: 'MOBILE' }],
      };
    case 'reaction':
      return { emoji: text ?? '👍' };
    case 'interactive':
      return { type: 'button_reply', button_reply: { id: 'button-1', title: text ?? 'Yes' } };
    case 'button':
      return { payload: text ?? 'Yes', text: text ?? 'Yes' };
    case 'order':
      return { text: text ?? '', product_items: [] };
    case 'system':
      return { body: text ?? 'The customer changed their number', type: 'user_changed_number' };
    case 'unsupported':
      return { type: 'poll' };
    default:
      return { body: text ?? 'Hello' };
  }
}

function ofMedia(kind: MediaKind, { text, voice = true }: InboundContent, file: InboundFile | null): JsonObject {
  return {
    ...(text !== undefined && kind !== 'audio' && kind !== 'sticker' && { caption: text }),
    ...(kind === 'document' && { filename: file?.filename ?? 'document.pdf' }),
    ...(kind === 'audio' && { voice }),
    ...(kind === 'sticker' && { animated: false }),
    ...(file && {
      mime_type: file.mimeType,
      // Webhooks write the hash in base64, where GET /{media id} writes it in hexadecimal.
      sha256: Buffer.from(file.sha256, 'hex').toString('base64'),
      id: file.id,
      url: file.url,
    }),
  };
}
