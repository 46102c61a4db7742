import { setTimeout as delay } from 'node:timers/promises';
import { countBacklogs, readBackloggedNumbers, type BackloggedNumber, type SystemQueries } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';

export interface BacklogCaps {
  /** Messages of one tenant that have not left. */
  readonly tenant: number;
  /** Those of all tenants together. */
  readonly platform: number;
}

export interface BacklogParts {
  readonly db: SystemQueries;
  readonly caps: BacklogCaps;
  /** The least pause between two counts, in ms. */
  readonly pauseMs: number;
  /** Told when a count failed: the last one goes on counting. */
  readonly onFailure: (error: unknown) => void;
}

/** Messages that are counted in one statement, about: whoever sends meanwhile waits for a core for some milliseconds, not for tenths of a second. */
const MOST_AT_ONCE = 5_000;
/** What a number may have that was not counted before. */
const LIKELY_BACKLOG = 2_500;
/** After each statement so many times what it took: counting takes 5 % of one connection at most, however long the backlog. */
const REST_FACTOR = 20;
/** And no longer than this, in ms. */
const LONGEST_REST_MS = 5_000;
const TENANT_RETRY_SECONDS = 30;
const PLATFORM_RETRY_SECONDS = 10;

/**
 * How much has been accepted and has not left, about: counted every few seconds by index, and between two counts raised
 * by what this process accepts itself. So a request costs no query, and the caps are passed by what the processes accept
 * together during one pause, at most.
 */
export class Backlog {
  private byTenant = new Map<TenantId, number>();
  private total = 0;
  private byNumber = new Map<string, number>();
  /** What was accepted here since the count that is under way began: it may have come too late for it. */
  private grown = new Map<TenantId, number>();
  private timer: NodeJS.Timeout | undefined;
  private counting: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  constructor(private readonly parts: BacklogParts) {}

  /** Why `wanted` more messages of this tenant cannot be taken now; null when they can. */
  refusal(tenantId: TenantId, wanted = 1): DomainError | null {
    const { tenant, platform } = this.parts.caps;
    if ((this.byTenant.get(tenantId) ?? 0) + wanted > tenant) {
      const detail = `More than ${tenant} messages of this organisation would wait to leave.`;
      return new DomainError('backlog.tenant-full', detail, { retryAfterSeconds: TENANT_RETRY_SECONDS });
    }
    if (this.total + wanted <= platform) return null;
    return new DomainError('backlog.platform-full', undefined, { retryAfterSeconds: PLATFORM_RETRY_SECONDS });
  }

  /** How many messages of a number had not left when they were counted. */
  ofNumber(numberId: string): number {
    return this.byNumber.get(numberId) ?? 0;
  }

  /** A message was accepted here. */
  grow(tenantId: TenantId): void {
    this.byTenant.set(tenantId, (this.byTenant.get(tenantId) ?? 0) + 1);
    this.grown.set(tenantId, (this.grown.get(tenantId) ?? 0) + 1);
    this.total += 1;
  }

  /** Counts now and then on, until `stop`. It does not keep the process alive. */
  start(): void {
    void this.refresh();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.counting;
  }

  /** Counts once; calls that come meanwhile share it. It never throws. */
  refresh(): Promise<void> {
    this.counting ??= this.count().finally(() => (this.counting = undefined));
    return this.counting;
  }

  private async count(): Promise<void> {
    clearTimeout(this.timer);
    try {
      await this.read();
    } catch (error) {
      this.parts.onFailure(error);
    }
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => void this.refresh(), this.parts.pauseMs).unref();
  }

  private async read(): Promise<void> {
    const { db, caps } = this.parts;
    const byNumber = new Map<string, number>();
    const byTenant = new Map<TenantId, number>();
    let total = 0;
    this.grown.clear();
    for (const numbers of this.inPortions(await readBackloggedNumbers(db))) {
      if (this.stopping.signal.aborted) return;
      const startedAt = performance.now();
      const counts = await countBacklogs(db, numbers.map(({ numberId }) => numberId), caps.tenant + 1);
      await this.rest((performance.now() - startedAt) * REST_FACTOR);
      for (const [at, { tenantId, numberId }] of numbers.entries()) {
        const messages = counts[at] ?? 0;
        byNumber.set(numberId, messages);
        byTenant.set(tenantId, (byTenant.get(tenantId) ?? 0) + messages);
        total += messages;
      }
    }
    for (const [tenantId, messages] of this.grown) {
      byTenant.set(tenantId, (byTenant.get(tenantId) ?? 0) + messages);
      total += messages;
    }
    this.byNumber = byNumber;
    this.byTenant = byTenant;
    this.total = total;
  }

  private async rest(ms: number): Promise<void> {
    await delay(Math.min(ms, LONGEST_REST_MS), undefined, { ref: false, signal: this.stopping.signal }).catch(() => undefined);
  }

  /** By what they had last time, so that a long backlog is counted alone and many short ones together. */
  private inPortions(numbers: readonly BackloggedNumber[]): BackloggedNumber[][] {
    const portions: BackloggedNumber[][] = [];
    let size = Infinity;
    for (const number of numbers) {
      const expected = this.byNumber.get(number.numberId) ?? LIKELY_BACKLOG;
      size += expected;
      if (size > MOST_AT_ONCE) {
        portions.push([]);
        size = expected;
      }
      portions.at(-1)!.push(number);
    }
    return portions;
  }
}
