import { Injectable } from '@nestjs/common';
import { storeFetched, SystemDb, type ClaimedMedia, type FetchedMedia } from '@parley/data';
import { MEDIA_MOST_BYTES } from '@parley/domain';
import { GraphClient, WhatsAppMediaError } from '@parley/graph';
import { incomingMedia, MediaGate, MediaStorage, MediaUnfit } from '@parley/storage';
import { AccessTokens } from '../outbound/access-tokens.js';
import { checksumOf } from './inbound-media.js';

/**
 * Brings one media that a customer sent from Meta into the storage, in two steps: its address, which is good for 5 minutes
 * and so asked for anew by each attempt, then its bytes. They count as kept only when all of them passed.
 */
@Injectable()
export class DownloadMedia {
  constructor(
    private readonly db: SystemDb,
    private readonly graph: GraphClient,
    private readonly tokens: AccessTokens,
    private readonly storage: MediaStorage,
  ) {}

  /**
   * What was stored; null where another attempt was faster or the media was deleted meanwhile.
   * @throws MediaUnfit, CredentialMissing, WhatsAppError, or storage.unavailable; then nothing is kept
   */
  async download(media: ClaimedMedia, signal: AbortSignal): Promise<FetchedMedia | null> {
    const { tenantId, accountId, tokenVersion, graphMediaId, graphNumberId, kind } = media;
    const token = await this.tokens.get(tenantId, accountId, tokenVersion);
    const node = await this.graph.getMedia(graphMediaId, { token, signal, phoneNumberId: graphNumberId });
    if (node.url === undefined) throw new WhatsAppMediaError('Meta names no address of the file.', 'not-found', 404);
    const { stream } = await this.graph.downloadMedia(node.url, { token, signal, maxBytes: MEDIA_MOST_BYTES });
    const gate = new MediaGate(incomingMedia(kind, agreed(media.sha256, checksumOf(node.sha256))));
    const storageKey = `${tenantId}/${media.id}`;
    const { mimeType, bytes, sha256 } = await this.storage.admit(storageKey, stream, gate);
    const fetched = { mimeType, bytes, sha256, storageKey };
    const end = await storeFetched(this.db, media, fetched);
    // Deleted while it came: what was just stored belongs to nobody.
    if (end === 'over') await this.storage.delete(storageKey);
    return end === 'stored' ? fetched : null;
  }
}

/** The webhook's checksum and that of the look-up: where both are there they have to be the same one. */
function agreed(announced: Buffer | null, lookedUp: Buffer | null): Buffer | null {
  if (announced && lookedUp && !announced.equals(lookedUp)) throw new MediaUnfit('media.checksum-mismatch');
  return announced ?? lookedUp;
}
