import { Injectable } from '@nestjs/common';
import { MemoryCache } from '@parley/cache';
import { AccessLookups } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { asDomainError, Config, Sealer } from '@parley/platform';
import { openSecrets } from './app-secrets.js';

/** A Meta app whose webhooks we take. */
export interface WebhookApp {
  readonly metaAppId: string;
  /** null for an app of the platform, which may speak for every tenant. */
  readonly tenantId: TenantId | null;
  /** Any of them may have signed: while one is replaced, both verify. */
  readonly secrets: readonly string[];
  readonly verifyToken: string;
}

const MAX_APPS = 1_000;
const META_APP_ID = /^\d{1,32}$/;

/** Finds the secrets that a webhook is verified with. Kept in memory for AUTH_CACHE_SECONDS; no request waits for Redis. */
@Injectable()
export class WebhookApps {
  private readonly platformApp: WebhookApp;
  /** null: there is no such app. Kept as well, so that made-up ids do not each cost a statement. */
  private readonly apps: MemoryCache<WebhookApp | null>;

  constructor(
    private readonly lookups: AccessLookups,
    private readonly sealer: Sealer,
    config: Config,
  ) {
    const { META_APP_ID: metaAppId, META_APP_SECRETS: secrets, META_VERIFY_TOKEN: verifyToken } = config;
    this.platformApp = { metaAppId, tenantId: null, secrets, verifyToken };
    this.apps = new MemoryCache({ ttlMs: config.AUTH_CACHE_SECONDS * 1_000, maxEntries: MAX_APPS });
  }

  /**
   * The app of an id of Meta's, or without one the platform's own; null for an unknown app. While Postgres is away, what
   * was known last is used: the webhook itself will say that it cannot be stored.
   */
  async find(appId?: string): Promise<WebhookApp | null> {
    if (appId === undefined || appId === this.platformApp.metaAppId) return this.platformApp;
    if (!META_APP_ID.test(appId)) return null;
    try {
      return await this.apps.get(appId, () => this.load(appId));
    } catch (error) {
      const known = this.apps.last(appId);
      if (known && asDomainError(error).code === 'database.unavailable') return known;
      throw error;
    }
  }

  /** Whether the id is that of the app in the configuration, which no row may claim. */
  isPlatformApp(appId: string): boolean {
    return appId === this.platformApp.metaAppId;
  }

  /** Drops what this process remembers; others follow within AUTH_CACHE_SECONDS. */
  forget(appId: string): void {
    this.apps.forget(appId);
  }

  private async load(appId: string): Promise<WebhookApp | null> {
    const row = await this.lookups.app(appId);
    if (!row) return null;
    return { metaAppId: row.metaAppId, tenantId: row.tenantId, ...openSecrets(this.sealer, row) };
  }
}
