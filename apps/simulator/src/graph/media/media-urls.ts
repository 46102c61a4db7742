import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SeededRandom } from '../../random/seeded-random.js';
import { Clock } from '../../state/clock.js';
import type { Media } from '../../state/media-store.js';
import { PublicAddress } from '../../state/public-address.js';

/** Meta: an address is good for five minutes. */
const LIFETIME_SECONDS = 5 * 60;

/** The path of Meta's host of media, `lookaside.fbsbx.com`; here it is the same host as Graph. */
export const MEDIA_PATH = 'whatsapp_business/attachments';

/** Addresses of media, signed and short-lived. */
@Injectable()
export class MediaUrls {
  private readonly key: Buffer;

  constructor(
    private readonly clock: Clock,
    private readonly address: PublicAddress,
    random: SeededRandom,
  ) {
    this.key = random.stream('media-urls').bytes(32);
  }

  /** A fresh address for the bytes of a media. */
  of({ id }: Media): string {
    const expiry = String(this.clock.nowSeconds() + LIFETIME_SECONDS);
    const query = new URLSearchParams({ mid: id, ext: expiry, hash: this.sign(id, expiry) });
    return `${this.address.origin}/${MEDIA_PATH}/?${query.toString()}`;
  }

  /** The id of the media that an address leads to; undefined for one that has run out or was tampered with. */
  read({ mid, ext, hash }: Readonly<Record<string, string | undefined>>): string | undefined {
    if (mid === undefined || ext === undefined || hash === undefined) return undefined;
    const expected = Buffer.from(this.sign(mid, ext));
    const given = Buffer.from(hash);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return Number(ext) > this.clock.nowSeconds() ? mid : undefined;
  }

  private sign(id: string, expiry: string): string {
    return createHmac('sha256', this.key).update(`${id}.${expiry}`).digest('base64url');
  }
}
