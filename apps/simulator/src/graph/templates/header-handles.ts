import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../json.js';
import { Identifiers } from '../../random/identifiers.js';
import { Uploads } from '../../state/uploads.js';

const FORMATS: Readonly<Record<string, RegExp>> = {
  IMAGE: /^image\/(jpe?g|png)$/,
  VIDEO: /^video\/(mp4|3gpp)$/,
  DOCUMENT: /^(application\/|text\/plain)/,
  GIF: /^video\/mp4$/,
};

/** The handles in template headers: an upload goes in, an address of Meta's comes out. */
@Injectable()
export class HeaderHandles {
  constructor(
    private readonly uploads: Uploads,
    private readonly identifiers: Identifiers,
  ) {}

  /** Whether a handle was given out, for a file that can be a header of that format. */
  readonly knows = (handle: string, mediaFormat: string): boolean => {
    const file = this.uploads.findFile(handle);
    return file !== undefined && FORMATS[mediaFormat]?.test(file.mimeType) === true;
  };

  /** The components as they are read back: with addresses in place of handles, in cards as well. */
  published(components: readonly JsonObject[]): JsonObject[] {
    return components.map((component) => this.publish(component) as JsonObject);
  }

  private publish(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.publish(item));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, inner]) => [
      key,
      key === 'header_handle' ? [this.address()] : this.publish(inner),
    ]);
    return Object.fromEntries(entries) as JsonObject;
  }

  private address(): string {
    return `https://scontent.whatsapp.net/v/t61.29466-34/${this.identifiers.nodeId()}_n.jpg?ccb=1-7&_nc_sid=a80384`;
  }
}
