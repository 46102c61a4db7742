import { Injectable, type MessageEvent } from '@nestjs/common';
import { DomainError, type TenantId } from '@parley/domain';
import { Config, logEvent, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { catchError, EMPTY, exhaustMap, finalize, from, interval, map, merge, Observable, share, startWith, Subject, takeUntil } from 'rxjs';
import { ReadStats } from './read-stats.js';
import type { LiveFiguresView } from './stats.view.js';

const HEARTBEAT_MS = 15_000;
/** Dashboards of one organisation that one process serves. */
const MOST_LISTENERS = 50;

interface Watched {
  figures: Observable<LiveFiguresView>;
  listeners: number;
}

/** Figures of the moment for whoever looks on: read once for all dashboards of an organisation, and only while there are any. */
@Injectable()
export class LiveStream {
  private readonly ending = new Subject<void>();
  private readonly watched = new Map<TenantId, Watched>();

  constructor(
    private readonly stats: ReadStats,
    private readonly config: Config,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    shutdown.add('stop-intake', 'live-figures', () => this.ending.next());
  }

  /** @throws rate-limit.exceeded where too many look on already */
  open(tenantId: TenantId): Observable<MessageEvent> {
    const watched = this.watched.get(tenantId) ?? { figures: this.watch(tenantId), listeners: 0 };
    if (watched.listeners >= MOST_LISTENERS) throw new DomainError('rate-limit.exceeded', undefined, { retryAfterSeconds: HEARTBEAT_MS / 1_000 });
    watched.listeners += 1;
    this.watched.set(tenantId, watched);
    const heartbeat = interval(HEARTBEAT_MS).pipe(map(() => ({ type: 'heartbeat', data: {} })));
    return merge(watched.figures.pipe(map((data) => ({ type: 'figures', data }))), heartbeat).pipe(
      takeUntil(this.ending),
      finalize(() => this.leave(tenantId, watched)),
    );
  }

  private leave(tenantId: TenantId, watched: Watched): void {
    watched.listeners -= 1;
    if (watched.listeners === 0) this.watched.delete(tenantId);
  }

  // A look that takes longer than the pause between two is not joined by a second one.
  private watch(tenantId: TenantId): Observable<LiveFiguresView> {
    return interval(this.config.STATS_LIVE_INTERVAL_MS).pipe(
      startWith(0),
      exhaustMap(() => from(this.stats.live(tenantId)).pipe(catchError((error: unknown) => this.missed(error)))),
      share(),
    );
  }

  /** The next look may succeed; whoever looks on need not come again. */
  private missed(error: unknown): Observable<never> {
    logEvent(this.logger, 'job.failed', { job: 'live-figures', err: error instanceof Error ? error : new Error(String(error)) });
    return EMPTY;
  }
}
