import type { JsonObject } from '../json.js';
import { MEDIA_KINDS, type ChatLocation, type ChatMedia, type MediaKind } from './chat.dto.js';
import { textAt } from './content-parts.js';

/** Whether a message or parameter of that type carries a file. */
export function isMediaKind(type: string): type is MediaKind {
  return MEDIA_KINDS.some((kind) => kind === type);
}

/** A file as messages name it, inbound or outbound. */
export function mediaOf(kind: MediaKind, media: JsonObject): ChatMedia {
  return {
    kind,
    id: textAt(media, 'id'),
    link: textAt(media, 'link'),
    mimeType: textAt(media, 'mime_type'),
    filename: textAt(media, 'filename'),
    voice: media['voice'] === true,
  };
}

/** A place; templates write its coordinates as strings. */
export function locationOf(location: JsonObject): ChatLocation {
  return {
    latitude: Number(location['latitude'] ?? 0),
    longitude: Number(location['longitude'] ?? 0),
    name: textAt(location, 'name'),
    address: textAt(location, 'address'),
  };
}
