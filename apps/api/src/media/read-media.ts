import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import { MediaStorage, StoredFileMissing } from '@parley/storage';
import { found } from '../http/id.js';
import { mediaReason, mediaView, type MediaRow, type MediaView } from './media.view.js';

const SOON_SECONDS = 2;

/** The media of a tenant. */
@Injectable()
export class ReadMedia {
  constructor(
    private readonly db: TenantDb,
    private readonly storage: MediaStorage,
  ) {}

  /** @throws resource.not-found */
  async row(tenantId: TenantId, id: string): Promise<MediaRow> {
    return found(await this.db.run(tenantId, (tx) => tx.media.findUnique({ where: { tenantId_id: { tenantId, id } } })));
  }

  /** @throws resource.not-found */
  async view(tenantId: TenantId, id: string): Promise<MediaView> {
    return mediaView(await this.row(tenantId, id));
  }

  /** A media whose content lies in the storage. @throws resource.not-found, media.not-ready, media.failed */
  async stored(tenantId: TenantId, id: string): Promise<MediaRow> {
    const row = await this.row(tenantId, id);
    if (row.state === 'PENDING') throw new DomainError('media.not-ready', undefined, { retryAfterSeconds: secondsUntil(row.nextAt) });
    if (row.state === 'FAILED') throw new DomainError('media.failed', mediaReason(row.reason)?.text);
    return row;
  }

  /** Its bytes. @throws media.failed, storage.unavailable */
  async open({ storageKey, id }: MediaRow): Promise<Readable> {
    try {
      return await this.storage.get(storageKey ?? id);
    } catch (error) {
      if (!(error instanceof StoredFileMissing)) throw error;
      throw new DomainError('media.failed', 'The content is not in the storage any more.', { cause: error });
    }
  }
}

/** When the fetch has its next attempt; it may bring the content. */
function secondsUntil(nextAt: Date | null): number {
  return Math.max(SOON_SECONDS, Math.ceil(((nextAt?.getTime() ?? 0) - Date.now()) / 1_000));
}
