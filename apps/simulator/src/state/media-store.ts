import { Injectable } from '@nestjs/common';
import { Identifiers } from '../random/identifiers.js';
import { ByteStore, type StoredBytes } from './byte-store.js';
import { Clock } from './clock.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Meta: ids of uploads last 30 days, those of what customers send 7. */
const LIFETIME_MS = { upload: 30 * DAY_MS, customer: 7 * DAY_MS } as const;

/** The oldest media go when there is more than this. */
const MAX_STORED_BYTES = 2 * 1024 ** 3;

/** Who brought the bytes. */
export type MediaSource = keyof typeof LIFETIME_MS;

/** One file that Meta keeps for a business number. */
export interface Media extends StoredBytes {
  readonly id: string;
  readonly phoneNumberId: string;
  readonly source: MediaSource;
  /** As it was declared, without parameters in uploads. */
  readonly mimeType: string;
  readonly expiresAtMs: number;
  /** Whether its bytes are plainly of another kind than its type says. */
  readonly isMislabelled: boolean;
}

/** What has to be said of bytes to keep them. */
export type MediaLabel = Pick<Media, 'phoneNumberId' | 'source' | 'mimeType'> & Partial<Pick<Media, 'isMislabelled'>>;

/** The media of all numbers, each until its id has run out. */
@Injectable()
export class MediaStore {
  private readonly byId = new Map<string, Media>();
  private storedBytes = 0;

  constructor(
    private readonly bytes: ByteStore,
    private readonly clock: Clock,
    private readonly identifiers: Identifiers,
  ) {}

  /** Gives stored bytes an id that the number can use. */
  keep(stored: StoredBytes, label: MediaLabel): Media {
    const expiresAtMs = this.clock.nowMs() + LIFETIME_MS[label.source];
    const media: Media = {
      isMislabelled: false,
      ...stored,
      ...label,
      id: this.identifiers.nodeId(),
      expiresAtMs,
    };
    this.byId.set(media.id, media);
    this.storedBytes += media.byteCount;
    for (const oldest of this.byId.values()) {
      if (this.storedBytes <= MAX_STORED_BYTES) break;
      this.remove(oldest);
    }
    return media;
  }

  /** Takes in and keeps bytes at once, as for what a customer sends. */
  async put(bytes: Buffer, label: MediaLabel): Promise<Media> {
    return this.keep(await this.bytes.write([bytes]), label);
  }

  /** The media of that id, unless it has run out. */
  find(id: string): Media | undefined {
    const media = this.byId.get(id);
    if (!media || media.expiresAtMs > this.clock.nowMs()) return media;
    this.remove(media);
    return undefined;
  }

  remove(media: Media): void {
    if (!this.byId.delete(media.id)) return;
    this.storedBytes -= media.byteCount;
    this.bytes.drop(media.path);
  }

  clear(): void {
    for (const media of [...this.byId.values()]) this.remove(media);
  }
}
