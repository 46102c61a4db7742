import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../json.js';
import type { Media } from '../../state/media-store.js';
import { MediaUrls } from './media-urls.js';

/** Media as Graph shows them. */
@Injectable()
export class MediaNodes {
  constructor(private readonly urls: MediaUrls) {}

  /** A media with a fresh address for its bytes. */
  node(media: Media): JsonObject {
    const { id, mimeType, sha256, byteCount } = media;
    return {
      messaging_product: 'whatsapp',
      url: this.urls.of(media),
      mime_type: mimeType,
      sha256,
      file_size: String(byteCount),
      id,
    };
  }
}
