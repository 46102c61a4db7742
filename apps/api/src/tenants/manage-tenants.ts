import { Injectable } from '@nestjs/common';
import { ModuleFlag, TenantDb, TenantsRepository, type TenantRow } from '@parley/data';
import { ROLE_SCOPES, type TenantId } from '@parley/domain';
import { Config, generateApiKey } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { found, notFound } from '../http/id.js';
import { pageOf, windowOf, type Page, type PageQuery } from '../http/page.js';
import {
  tenantView,
  type ChangeTenantBody,
  type CreatedTenantView,
  type CreateTenantBody,
  type TenantView,
  type TenantWeight,
  type UpdateTenantBody,
} from './tenant.dto.js';

const FIRST_KEY_NAME = 'First key';

/** Organisations: made and seen by the platform, read and changed by themselves. */
@Injectable()
export class ManageTenants {
  constructor(
    private readonly tenants: TenantsRepository,
    private readonly module: ModuleFlag,
    private readonly db: TenantDb,
    private readonly producer: JobProducer,
    private readonly config: Config,
  ) {}

  /** A tenant with a first key that may do whatever its administrators may. */
  async create({ name, echoEnabled = this.config.ECHO_DEFAULT }: CreateTenantBody): Promise<CreatedTenantView> {
    const { text, id: keyId, secretHash } = generateApiKey();
    const key = { name: FIRST_KEY_NAME, keyId, secretHash, checksum: text.slice(-6), scopes: ROLE_SCOPES.admin };
    return { ...tenantView(await this.tenants.create({ name, echoEnabled }, key, this.config.modulePolicy)), apiKey: text };
  }

  async list(query: PageQuery): Promise<Page<TenantView>> {
    return pageOf<TenantRow, TenantView>(await this.tenants.list(windowOf(query)), query, tenantView);
  }

  /** @throws resource.not-found */
  async find(id: string): Promise<TenantView> {
    return tenantView(found(await this.tenants.find(id)));
  }

  /** @throws resource.not-found */
  async weigh(id: string, weight: TenantWeight): Promise<TenantWeight> {
    if (!(await this.tenants.weigh(id, weight.weight, 'platform'))) throw notFound();
    return weight;
  }

  /** Switches the module of a tenant, or leaves it to the default. @throws resource.not-found */
  async chooseModule(id: string, { moduleChoice }: ChangeTenantBody, actor: string): Promise<TenantView> {
    const { replayed } = found(await this.module.choose(id, moduleChoice, actor));
    if (replayed > 0) this.producer.wake('ledger.wake', {});
    return this.find(id);
  }

  /** The caller's own. */
  async own(tenantId: TenantId): Promise<TenantView> {
    return tenantView(found(await this.db.run(tenantId, (tx) => tx.tenant.findUnique({ where: { id: tenantId } }))));
  }

  /** Changes the caller's own. */
  async updateOwn(tenantId: TenantId, { name, echoEnabled, timeZone, onUnknown, autoRedrive }: UpdateTenantBody): Promise<TenantView> {
    const data = {
      ...(name !== undefined && { name }),
      ...(echoEnabled !== undefined && { echoEnabled }),
      ...(timeZone !== undefined && { timeZone }),
      ...(onUnknown !== undefined && { onUnknown: { ...onUnknown } }),
      ...(autoRedrive !== undefined && { autoRedrive }),
    };
    return tenantView(await this.db.run(tenantId, (tx) => tx.tenant.update({ where: { id: tenantId }, data })));
  }
}
