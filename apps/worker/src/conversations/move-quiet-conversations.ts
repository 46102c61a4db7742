import { Injectable } from '@nestjs/common';
import {
  moveQuiet,
  readServicePromises,
  SystemDb,
  tenantsAfter,
  type QuietConversation,
  type QuietLimit,
  type QuietStep,
  type TenantClock,
} from '@parley/data';
import { isArchiveHour, type EventName, type ServiceLevelSettings, type TenantId } from '@parley/domain';
import { logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';

const CHUNK = 500;
const TENANTS = 200;
const HOURS_PER_DAY = 24;

interface Step {
  name: QuietStep;
  /** After how many hours; null: never. */
  hours: (level: ServiceLevelSettings) => number | null;
  /** Whether it is time for this tenant's. */
  isTime: (tenant: TenantClock, now: Date) => boolean;
  change: 'idle' | 'auto_closed' | 'archived';
  moves: { to: string; event: EventName } | null;
}

const always = (): boolean => true;

const STEPS: readonly Step[] = [
  { name: 'idle', hours: ({ idleHours }) => idleHours, isTime: always, change: 'idle', moves: null },
  { name: 'close', hours: ({ autoCloseHours }) => autoCloseHours, isTime: always, change: 'auto_closed', moves: { to: 'RESOLVED', event: 'whatsapp.conversation_resolved' } },
  {
    name: 'archive',
    hours: ({ archiveDays }) => archiveDays * HOURS_PER_DAY,
    isTime: ({ timeZone }, now) => isArchiveHour(timeZone, now),
    change: 'archived',
    moves: { to: 'ARCHIVED', event: 'whatsapp.conversation_archived' },
  },
];

/**
 * Conversations in which nothing happens: noted as idle, resolved where the tenant wants that, and archived at 01:00 of its clock
 * when they were resolved long enough ago. Each statement takes the rows that are due and leaves them not due, so that many
 * workers do each once.
 */
@Injectable()
export class MoveQuietConversations {
  constructor(
    private readonly db: SystemDb,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** @param asOf for tests; otherwise the database's clock */
  async run(signal: AbortSignal, asOf?: Date): Promise<void> {
    for (let after: TenantId | null = null; !signal.aborted; ) {
      const tenants: TenantClock[] = await tenantsAfter(this.db, after, TENANTS);
      for (const step of STEPS) await this.runStep(step, tenants, signal, asOf);
      after = tenants.at(-1)?.id ?? null;
      if (tenants.length < TENANTS) return;
    }
  }

  private async runStep(step: Step, tenants: readonly TenantClock[], signal: AbortSignal, asOf?: Date): Promise<void> {
    const now = asOf ?? tenants[0]?.now;
    if (now === undefined) return;
    const limits = await this.limitsOf(step, tenants.filter((tenant) => step.isTime(tenant, now)));
    for (let moved = CHUNK; moved === CHUNK && !signal.aborted; ) {
      const rows = await moveQuiet(this.db, step.name, limits, now, CHUNK);
      for (const row of rows) this.tell(step, row);
      moved = rows.length;
    }
  }

  private async limitsOf({ hours }: Step, tenants: readonly TenantClock[]): Promise<QuietLimit[]> {
    if (tenants.length === 0) return [];
    const promises = await readServicePromises(this.db, tenants.map(({ id }) => id));
    return [...promises].flatMap(([tenantId, { level }]) => {
      const limit = hours(level);
      return limit === null ? [] : [{ tenantId, hours: limit }];
    });
  }

  private tell({ change, moves }: Step, { tenantId, id, from }: QuietConversation): void {
    this.metrics.inc('conversation_changes_total', { change });
    if (moves === null) return logEvent(this.logger, 'conversation.idle', { tenantId, id });
    this.metrics.inc('events_published_total', { event: moves.event });
    logEvent(this.logger, 'conversation.state_changed', { tenantId, id, from, to: moves.to });
  }
}
