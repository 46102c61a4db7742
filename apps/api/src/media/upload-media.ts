import { Injectable } from '@nestjs/common';
import { keepUploaded, SystemDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { logEvent } from '@parley/platform';
import { MediaGate, MediaStorage, OUTGOING_MEDIA, type MediaFacts } from '@parley/storage';
import type { Multipart } from '@fastify/multipart';
import { randomUUID } from 'node:crypto';
import { PinoLogger } from 'nestjs-pino';
import type { MediaView } from './media.view.js';
import { NumberUploads, type UploadTarget } from './number-uploads.js';
import { ReadMedia } from './read-media.js';
import { readUploadForm, type ArrivingFile } from './upload-form.js';

/** A content that lies in the storage and has no row yet. */
interface StoredFile {
  readonly storageKey: string;
  readonly fileName: string | null;
  readonly facts: MediaFacts;
  readonly target: UploadTarget | null;
}

/** A media that was uploaded; `isNew` is false where the tenant had the same content already. */
export interface UploadedFile {
  readonly media: MediaView;
  readonly isNew: boolean;
}

/**
 * Takes in files that tenants want to send. The bytes pass once, through the gate into the storage, and are never whole in
 * memory; a row is made when all of them are there, and where none is made nothing stays.
 */
@Injectable()
export class UploadMedia {
  constructor(
    private readonly db: SystemDb,
    private readonly storage: MediaStorage,
    private readonly numbers: NumberUploads,
    private readonly media: ReadMedia,
    private readonly logger: PinoLogger,
  ) {}

  /**
   * @throws request.invalid, request.malformed, media.too-large, media.type-unsupported, media.content-invalid,
   *   number.not-found, storage.unavailable; with a number also what Meta said, while the file is kept
   */
  async upload(tenantId: TenantId, parts: AsyncIterable<Multipart>): Promise<UploadedFile> {
    const file = await readUploadForm(
      parts,
      (arriving) => this.store(tenantId, arriving),
      ({ storageKey }) => this.storage.delete(storageKey),
    );
    const { id, isNew } = await this.keep(tenantId, file);
    if (file.target) await this.numbers.upload(file.target, id);
    return { media: await this.media.view(tenantId, id), isNew };
  }

  private async store(tenantId: TenantId, { content, fileName, numberId }: ArrivingFile): Promise<StoredFile> {
    const target = numberId === null ? null : await this.numbers.target(tenantId, numberId);
    const storageKey = `${tenantId}/${randomUUID()}`;
    const facts = await this.storage.admit(storageKey, content, new MediaGate(OUTGOING_MEDIA));
    return { storageKey, fileName, facts, target };
  }

  /** Makes the row. Where the tenant had this content, what was just stored is one copy too many. */
  private async keep(tenantId: TenantId, { storageKey, fileName, facts }: StoredFile): Promise<{ id: string; isNew: boolean }> {
    const kept = await keepUploaded(this.db, { tenantId, ...facts, fileName, storageKey }).catch(async (error: unknown) => {
      await this.discard(storageKey);
      throw error;
    });
    const { id, isNew } = kept;
    if (isNew) logEvent(this.logger, 'media.state_changed', { id, to: 'STORED', kind: facts.kind, bytes: facts.bytes });
    else await this.discard(storageKey);
    return kept;
  }

  /** A copy that stays for lack of a storage is waste and no fault of the caller's. */
  private async discard(storageKey: string): Promise<void> {
    await this.storage.delete(storageKey).catch((err: Error) => logEvent(this.logger, 'media.copy_left', { storageKey, err }));
  }
}
