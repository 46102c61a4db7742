import { Injectable } from '@nestjs/common';
import { claimMedia, releaseFetch, setBackFetch, SystemDb, type ClaimedMedia } from '@parley/data';
import { MediaTooLarge, MEDIA_FETCH_RETRY, nextAttempt, type MediaFailure } from '@parley/domain';
import { WhatsAppError, WhatsAppMediaError } from '@parley/graph';
import { logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { MediaUnfit } from '@parley/storage';
import { PinoLogger } from 'nestjs-pino';
import { WakeWaitingRuns } from '../automations/wake-waiting-runs.js';
import { SingleRun } from '../single-run.js';
import { DownloadMedia } from './download-media.js';

/** Media that one process fetches side by side. */
const MEDIA_AT_A_TIME = 4;
/** One attempt takes less than its lease, or is given up: a media that a crashed process held is due again after it. */
const LEASE_SECONDS = 5 * 60;
const ATTEMPT_MS = (LEASE_SECONDS - 30) * 1_000;
/** A file that arrived damaged may arrive whole the next time; one that is damaged each time never will. */
const DAMAGED_ATTEMPTS = 3;
const HOUR_MS = 3_600_000;

/** Fetches the media that customers sent and that are due, of all tenants. Many processes share the work. */
@Injectable()
export class FetchMedia {
  private readonly ending = new AbortController();
  private readonly underway = new Set<Promise<void>>();
  private readonly single = new SingleRun((signal) => this.startDue(signal));

  constructor(
    private readonly db: SystemDb,
    private readonly downloads: DownloadMedia,
    private readonly waiting: WakeWaitingRuns,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    shutdown.add('stop-intake', 'media', () => this.ending.abort());
    shutdown.add('finish-jobs', 'media', () => Promise.allSettled(this.underway));
  }

  /** Starts what is due, as far as there is room; each that ends makes room for the next. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  private async startDue(signal: AbortSignal): Promise<void> {
    for (let isMore = true; isMore && !signal.aborted && !this.ending.signal.aborted; ) {
      const room = MEDIA_AT_A_TIME - this.underway.size;
      if (room === 0) return;
      const claimed = await claimMedia(this.db, room, LEASE_SECONDS);
      for (const media of claimed) this.start(media);
      isMore = claimed.length === room;
    }
  }

  private start(media: ClaimedMedia): void {
    const work = this.fetch(media)
      .catch((error: unknown) => this.tell(error))
      .finally(() => this.underway.delete(work))
      .then(() => this.run(this.ending.signal))
      // The poll comes back to what this look could not see.
      .catch((error: unknown) => this.tell(error));
    this.underway.add(work);
  }

  private async fetch(media: ClaimedMedia): Promise<void> {
    const { id: mediaId, kind, attempts } = media;
    logEvent(this.logger, 'whatsapp.download_media.start', { mediaId, kind, attempts });
    try {
      const signal = AbortSignal.any([this.ending.signal, AbortSignal.timeout(ATTEMPT_MS)]);
      const fetched = await this.downloads.download(media, signal);
      this.metrics.inc('whatsapp_media_downloads_total', { status: 'success' });
      if (!fetched) return;
      logEvent(this.logger, 'whatsapp.download_media.success', { mediaId, kind, mimeType: fetched.mimeType, bytes: fetched.bytes });
      logEvent(this.logger, 'media.state_changed', { id: mediaId, to: 'STORED' });
      await this.settled(media);
    } catch (error) {
      if (this.ending.signal.aborted) await releaseFetch(this.db, media);
      else await this.setBack(media, error);
    }
  }

  /** Whoever waits for the file looks again by himself, should this fail. */
  private async settled({ tenantId, id }: ClaimedMedia): Promise<void> {
    await this.waiting.mediaSettled(tenantId, id).catch((error: unknown) => this.tell(error));
  }

  private tell(error: unknown): void {
    logEvent(this.logger, 'job.failed', { job: 'media.fetch', err: error instanceof Error ? error : new Error(String(error)) });
  }

  private async setBack(media: ClaimedMedia, error: unknown): Promise<void> {
    const { id: mediaId, attempts } = media;
    const isNotFound = error instanceof WhatsAppMediaError && error.reason === 'not-found';
    this.metrics.inc('whatsapp_media_downloads_total', { status: isNotFound ? 'not_found' : 'error' });
    const reason = finalReason(error, attempts);
    const setback = await setBackFetch(this.db, media, reason ? { reason } : { retryInMs: retryInMs(error, attempts) });
    const nextAt = setback?.nextAt?.toISOString();
    const fields = { mediaId, attempts, state: setback?.state, reason: setback?.reason, nextAt, cause: causeOf(error) };
    logEvent(this.logger, isNotFound ? 'whatsapp.download_media.not_found' : 'whatsapp.download_media.failed', fields);
    if (setback?.state !== 'FAILED') return;
    logEvent(this.logger, 'media.state_changed', { id: mediaId, to: 'FAILED', reason: setback.reason });
    await this.settled(media);
  }
}

/** Why no further attempt can help; undefined where one may. */
function finalReason(error: unknown, attempts: number): MediaFailure | undefined {
  if (error instanceof MediaTooLarge) return 'media.too-large';
  if (error instanceof WhatsAppMediaError && error.reason === 'too-large') return 'media.too-large';
  if (!(error instanceof MediaUnfit)) return undefined;
  return error.reason === 'media.type-mismatch' || attempts >= DAMAGED_ATTEMPTS ? error.reason : undefined;
}

function retryInMs(error: unknown, attempts: number): number {
  const asked = error instanceof WhatsAppError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  return Math.max(asked, nextAttempt(MEDIA_FETCH_RETRY, attempts, Math.random()) ?? HOUR_MS);
}

/** No content and no address: the kind of the error, and Meta's code. */
function causeOf(error: unknown): string {
  if (error instanceof WhatsAppError) return `${error.name} ${error.graph?.code ?? String(error.context['reason'] ?? error.status)}`;
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : 'unknown error';
}
