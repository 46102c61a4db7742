import type { InboundMedia } from '@parley/data';
import { dropInvalidText, idOf, MEDIA_KINDS, textOf, type JsonObject, type MessageKind } from '@parley/domain';

const SHA256_BYTES = 32;
/** Names of files and types are Meta's to bound; these are only so long that nothing else can hide in them. */
const LONGEST_NAME = 255;

interface ReceivedContent {
  readonly kind: MessageKind;
  readonly content: JsonObject;
}

/** The file that comes with a customer's message; null for a message without one. */
export function inboundMediaOf({ kind, content }: ReceivedContent): InboundMedia | null {
  const mediaKind = MEDIA_KINDS.find((one) => one === kind);
  const graphMediaId = idOf(content.id);
  // Every id of Meta's is digits; what else it may be leads to no file.
  if (!mediaKind || graphMediaId === null || !/^\d{1,32}$/.test(graphMediaId)) return null;
  return {
    graphMediaId,
    kind: mediaKind,
    mimeType: nameOf(content.mime_type),
    sha256: checksumOf(content.sha256),
    fileName: nameOf(content.filename),
  };
}

/**
 * A SHA-256 as Meta writes it: base64 in webhooks, hex where the media is looked up. Null for what is neither, since a
 * checksum that cannot be read proves nothing against the file.
 */
export function checksumOf(value: unknown): Buffer | null {
  const text = textOf(value) ?? '';
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  return bytes.length === SHA256_BYTES ? bytes : null;
}

function nameOf(value: unknown): string | null {
  const text = textOf(value);
  return text === null ? null : dropInvalidText(text.slice(0, LONGEST_NAME));
}
