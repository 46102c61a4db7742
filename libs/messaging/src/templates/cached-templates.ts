import type { Cache } from '@parley/cache';
import type { TenantId } from '@parley/domain';

interface TemplateKey {
  readonly tenantId: TenantId;
  readonly id: string;
}

/** Until when a definition that nobody dropped may be shown. */
export const TEMPLATE_CACHE = { name: 'template', ttlSeconds: 15 * 60 } as const;

/**
 * Templates as the API shows them, in Redis, dropped on every change. Sending does not read here: acceptance keeps
 * definitions by the version of their row, which each set reads anew, so that not even a lost drop makes it send by an
 * old one (`TemplateDefinitions`).
 */
export class CachedTemplates<T> {
  constructor(private readonly cache: Cache<T>) {}

  /** The template, from Redis or from `load`. What `load` throws is not kept. */
  get({ tenantId, id }: TemplateKey, load: () => Promise<T>): Promise<T> {
    return this.cache.get(`${tenantId}:${id}`, load);
  }

  /** Forgets templates that have changed. Call it after COMMIT. */
  async drop(templates: readonly TemplateKey[]): Promise<void> {
    await this.cache.drop(...templates.map(({ tenantId, id }) => `${tenantId}:${id}`));
  }
}
