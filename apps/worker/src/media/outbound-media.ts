import { Injectable } from '@nestjs/common';
import { expireUploads, findSendable, saveUpload, SystemDb, type NumberMedia, type SendableMedia } from '@parley/data';
import { GraphClient } from '@parley/graph';
import { Clock, ShutdownSteps } from '@parley/platform';
import { MediaStorage, StoredFileMissing } from '@parley/storage';
import { Semaphore } from '../outbound/semaphore.js';

/** Media of one message, for the number that sends it. */
export interface MediaOfMessage extends NumberMedia {
  /** Meta's id of the number. */
  graphNumberId: string;
  token: string;
  mediaIds: readonly string[];
}

/** A message names a media that cannot be sent: deleted, FAILED, not fetched yet, or gone from the storage. */
export class MediaNotSendable extends Error {
  override readonly name = 'MediaNotSendable';

  constructor(readonly mediaId: string) {
    super(`The media ${mediaId} cannot be sent`);
  }
}

const UPLOADS_AT_A_TIME = 8;
const KEPT_MS = 5 * 60_000;
const MAX_KEPT = 10_000;
/** A failure that nobody was left to be told of is forgotten after this time. */
const FAILURE_KEPT_MS = 60_000;

interface Kept {
  graphId: string;
  until: number;
}

/**
 * Meta's ids of our media. A media is uploaded once for a number and used until shortly before Meta's 30 days end; however
 * many messages wait for it, it goes up once at a time.
 */
@Injectable()
export class OutboundMedia {
  private readonly kept = new Map<string, Kept>();
  private readonly underway = new Map<string, Promise<string>>();
  private readonly slots = new Semaphore(UPLOADS_AT_A_TIME);
  private readonly ending = new AbortController();

  constructor(
    private readonly db: SystemDb,
    private readonly graph: GraphClient,
    private readonly storage: MediaStorage,
    private readonly clock: Clock,
    shutdown: ShutdownSteps,
  ) {
    shutdown.add('stop-intake', 'media-uploads', () => this.ending.abort());
    shutdown.add('finish-jobs', 'media-uploads', () => Promise.allSettled(this.underway.values()));
  }

  /**
   * Our id -> Meta's id for the number, uploading what Meta does not have. An upload goes on when the caller no longer
   * waits; the next one who asks gets its end, good or bad.
   * @throws MediaNotSendable, WhatsAppError, storage.unavailable, database.unavailable
   */
  async graphIds(media: MediaOfMessage): Promise<ReadonlyMap<string, string>> {
    const known = new Map(media.mediaIds.flatMap((id) => this.recall(media, id)));
    const unknown = media.mediaIds.filter((id) => !known.has(id));
    if (unknown.length === 0) return known;
    const rows = new Map((await findSendable(this.db, media, unknown)).map((row) => [row.id, row]));
    const found = await Promise.all(unknown.map(async (id) => [id, await this.graphIdOf(media, id, rows.get(id))] as const));
    return new Map([...known, ...found]);
  }

  /** Meta refused a message with these: ids that are not fresh count no longer. False where all of them are. */
  async forget(media: NumberMedia, mediaIds: readonly string[]): Promise<boolean> {
    for (const id of mediaIds) this.kept.delete(keyOf(media, id));
    return expireUploads(this.db, media, mediaIds);
  }

  private recall(media: NumberMedia, id: string): [string, string][] {
    const kept = this.kept.get(keyOf(media, id));
    return kept && kept.until > this.clock.monotonicMs() ? [[id, kept.graphId]] : [];
  }

  private async graphIdOf(media: MediaOfMessage, id: string, row: SendableMedia | undefined): Promise<string> {
    if (row?.state !== 'STORED') throw new MediaNotSendable(id);
    const graphId = row.graphId ?? (await this.uploadOnce(media, row));
    if (this.kept.size >= MAX_KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(keyOf(media, id), { graphId, until: this.clock.monotonicMs() + KEPT_MS });
    return graphId;
  }

  private async uploadOnce(media: MediaOfMessage, row: SendableMedia): Promise<string> {
    const key = keyOf(media, row.id);
    const upload = this.underway.get(key) ?? this.start(key, media, row);
    try {
      return await upload;
    } catch (error) {
      // It was told; whoever asks next begins anew.
      if (this.underway.get(key) === upload) this.underway.delete(key);
      throw error;
    }
  }

  private start(key: string, media: MediaOfMessage, row: SendableMedia): Promise<string> {
    const upload = this.upload(media, row);
    const drop = (): void => void (this.underway.get(key) === upload && this.underway.delete(key));
    this.underway.set(key, upload);
    upload.then(drop, () => setTimeout(drop, FAILURE_KEPT_MS).unref());
    return upload;
  }

  private async upload(media: MediaOfMessage, row: SendableMedia): Promise<string> {
    await this.slots.take();
    try {
      const { id: graphId } = await this.graph.uploadMedia({
        token: media.token,
        phoneNumberId: media.graphNumberId,
        mimeType: essenceOf(row.mimeType),
        fileName: row.fileName ?? row.id,
        bytes: row.bytes ?? 0,
        body: await this.storage.get(row.storageKey ?? ''),
        signal: this.ending.signal,
      });
      await saveUpload(this.db, media, row.id, graphId);
      return graphId;
    } catch (error) {
      throw error instanceof StoredFileMissing ? new MediaNotSendable(row.id) : error;
    } finally {
      this.slots.giveBack();
    }
  }
}

const keyOf = ({ numberId }: NumberMedia, id: string): string => `${numberId} ${id}`;

/** Meta lists its types without parameters. */
function essenceOf(mimeType: string | null): string {
  return mimeType?.split(';', 1)[0]?.trim() || 'application/octet-stream';
}
