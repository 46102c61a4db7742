import { Injectable } from '@nestjs/common';
import { forgetMedia, SystemDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { logEvent } from '@parley/platform';
import { MediaStorage } from '@parley/storage';
import { PinoLogger } from 'nestjs-pino';
import { ReadMedia } from './read-media.js';

/** Deletes the content of a media; that there was one stays known. */
@Injectable()
export class DeleteMedia {
  constructor(
    private readonly db: SystemDb,
    private readonly storage: MediaStorage,
    private readonly media: ReadMedia,
    private readonly logger: PinoLogger,
  ) {}

  /** Deleting twice is fine. @throws resource.not-found, storage.unavailable (the content is out of reach all the same) */
  async delete(tenantId: TenantId, id: string): Promise<void> {
    const { storageKey } = await this.media.row(tenantId, id);
    const forgotten = await forgetMedia(this.db, tenantId, id);
    if (forgotten !== undefined) logEvent(this.logger, 'media.state_changed', { id, to: 'FAILED', reason: 'media.deleted' });
    const key = forgotten ?? storageKey;
    if (key !== null) await this.storage.delete(key);
  }
}
