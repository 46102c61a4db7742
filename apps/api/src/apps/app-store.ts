import { Injectable } from '@nestjs/common';
import { PlatformAppsRepository, TenantDb, type MetaAppRow } from '@parley/data';
import type { TenantId } from '@parley/domain';
import type { Caller } from '../auth/index.js';
import { prismaWindow, windowOf, type PageQuery } from '../http/page.js';

/** A new app before its row: the secrets are sealed for the id that the row will have. */
export interface NewApp {
  readonly metaAppId: string;
  readonly name: string;
  readonly seal: (id: string) => string;
}

/** The apps that one caller owns. */
export interface AppStore {
  /** null where the platform owns them. */
  readonly tenantId: TenantId | null;
  add(app: NewApp): Promise<MetaAppRow>;
  list(page: PageQuery): Promise<MetaAppRow[]>;
  find(id: string): Promise<MetaAppRow | null>;
  /** Compare and set by version; null when another change came first. */
  replaceSecrets(id: string, version: number, secretsSealed: string): Promise<MetaAppRow | null>;
}

/** Gives each caller its own apps: tenants inside row level security, the platform by statements that name no tenant. */
@Injectable()
export class AppStores {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly platformApps: PlatformAppsRepository,
  ) {}

  of(caller: Caller): AppStore {
    return caller.kind === 'platform' ? platformStore(this.platformApps) : tenantStore(this.tenantDb, caller.tenantId);
  }
}

function platformStore(apps: PlatformAppsRepository): AppStore {
  return {
    tenantId: null,
    add: async ({ metaAppId, name, seal }) => {
      const id = await apps.nextId();
      return apps.add({ id, metaAppId, name, secretsSealed: seal(id) });
    },
    list: (page) => apps.list(windowOf(page)),
    find: (id) => apps.find(id),
    replaceSecrets: (id, version, secretsSealed) => apps.replaceSecrets(id, version, secretsSealed),
  };
}

const SHOWN = {
  id: true,
  tenantId: true,
  metaAppId: true,
  name: true,
  version: true,
  createdAt: true,
  updatedAt: true,
};

function tenantStore(db: TenantDb, tenantId: TenantId): AppStore {
  return {
    tenantId,
    add: ({ metaAppId, name, seal }) =>
      db.run(tenantId, async (tx) => {
        const [next] = await tx.$queryRaw<[{ id: string }]>`SELECT uuid_v7() AS id`;
        const data = { id: next.id, tenantId, metaAppId, name, secretsSealed: seal(next.id) };
        return tx.app.create({ data, select: SHOWN });
      }),
    list: (page) =>
      db.run(tenantId, (tx) => {
        const { where, ...window } = prismaWindow(page);
        return tx.app.findMany({ ...window, where: { ...where, tenantId }, select: SHOWN });
      }),
    find: (id) => db.run(tenantId, (tx) => tx.app.findFirst({ where: { id, tenantId }, select: SHOWN })),
    replaceSecrets: (id, version, secretsSealed) =>
      db.run(tenantId, async (tx) => {
        const data = { secretsSealed, version: { increment: 1 } };
        const [row] = await tx.app.updateManyAndReturn({ where: { id, tenantId, version }, data, select: SHOWN });
        return row ?? null;
      }),
  };
}
