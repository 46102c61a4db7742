import type { JsonObject } from '../json.js';
import { Identifiers } from '../random/identifiers.js';

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

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg; codecs=opus',
  document: 'application/pdf',
  sticker: 'image/webp',
};

/** What a customer says: only the type is needed, the rest is made up. */
export interface InboundContent {
  readonly type: InboundType;
  readonly text?: string;
  readonly content?: JsonObject;
}

/** The part of an inbound message that its type decides. */
export function inboundContent({ type, text, content = {} }: InboundContent, identifiers: Identifiers): JsonObject {
  const made = makeUp(type, text, identifiers);
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

function makeUp(type: InboundType, text: string | undefined, identifiers: Identifiers): JsonObject {
  const mimeType = MEDIA_TYPES[type];
  if (mimeType !== undefined) return makeUpMedia(type, mimeType, text, identifiers);
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

function makeUpMedia(
  type: InboundType,
  mimeType: string,
  text: string | undefined,
  identifiers: Identifiers,
): JsonObject {
  const id = identifiers.nodeId();
  return {
    ...(text !== undefined && type !== 'audio' && type !== 'sticker' && { caption: text }),
    ...(type === 'document' && { filename: 'document.pdf' }),
    ...(type === 'audio' && { voice: true }),
    ...(type === 'sticker' && { animated: false }),
    mime_type: mimeType,
    sha256: identifiers.sha256(),
    id,
    url: `https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=${id}`,
  };
}
