import { Injectable } from '@nestjs/common';
import { isUniqueViolation, type MetaAppRow } from '@parley/data';
import { DomainError } from '@parley/domain';
import { Sealer } from '@parley/platform';
import type { Caller } from '../auth/index.js';
import { found } from '../http/id.js';
import type { PageQuery } from '../http/page.js';
import { sealSecrets, type AppSecrets } from './app-secrets.js';
import { AppStores } from './app-store.js';
import { WebhookApps } from './webhook-apps.js';

/** Two replacements at once can cross; the second tries again on what the first left. */
const MAX_TRIES = 3;

/** Registers Meta apps and replaces their secrets. */
@Injectable()
export class RegisterApps {
  constructor(
    private readonly stores: AppStores,
    private readonly sealer: Sealer,
    private readonly webhookApps: WebhookApps,
  ) {}

  /** @throws app.exists when anybody has registered the app, or it is that of the configuration. */
  async add(
    caller: Caller,
    { appId, name, ...secrets }: AppSecrets & { appId: string; name: string },
  ): Promise<MetaAppRow> {
    if (this.webhookApps.isPlatformApp(appId)) throw new DomainError('app.exists');
    const store = this.stores.of(caller);
    const seal = (id: string): string =>
      sealSecrets(this.sealer, { id, tenantId: store.tenantId, version: 1 }, secrets);
    try {
      const row = await store.add({ metaAppId: appId, name, seal });
      this.webhookApps.forget(appId);
      return row;
    } catch (error) {
      if (isUniqueViolation(error)) throw new DomainError('app.exists', undefined, { cause: error });
      throw error;
    }
  }

  list(caller: Caller, page: PageQuery): Promise<MetaAppRow[]> {
    return this.stores.of(caller).list(page);
  }

  /** Puts new secrets in the place of all old ones. @throws resource.not-found */
  async replaceSecrets(caller: Caller, id: string, secrets: AppSecrets): Promise<MetaAppRow> {
    const store = this.stores.of(caller);
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const { version } = found(await store.find(id));
      const sealed = sealSecrets(this.sealer, { id, tenantId: store.tenantId, version: version + 1 }, secrets);
      const row = await store.replaceSecrets(id, version, sealed);
      if (row) {
        this.webhookApps.forget(row.metaAppId);
        return row;
      }
    }
    throw new DomainError('overload.backlog-full', 'The secrets of this app are being replaced by others; try again.');
  }
}
