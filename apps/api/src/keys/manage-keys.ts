import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import { Clock, generateApiKey } from '@parley/platform';
import { ApiKeys } from '../auth/api-keys.js';
import type { TenantCaller } from '../auth/index.js';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page, type PageQuery } from '../http/page.js';
import { keyView, type CreatedKeyView, type CreateKeyBody, type KeyView } from './key.dto.js';

const SHOWN = { id: true, name: true, keyId: true, scopes: true, expiresAt: true, revokedAt: true, createdAt: true };

/** A tenant's API keys. */
@Injectable()
export class ManageKeys {
  constructor(
    private readonly db: TenantDb,
    private readonly apiKeys: ApiKeys,
    private readonly clock: Clock,
  ) {}

  /** @throws auth.scope-missing for a scope that the caller has not got, request.invalid for an end in the past. */
  async create(caller: TenantCaller, { name, scopes, expiresAt }: CreateKeyBody): Promise<CreatedKeyView> {
    const beyond = scopes.filter((scope) => !caller.scopes.has(scope));
    if (beyond.length > 0) {
      throw new DomainError('auth.scope-missing', `A key cannot give what it has not got: ${beyond.join(', ')}.`);
    }
    const end = expiresAt === undefined ? null : this.future(expiresAt);
    const { text, id: keyId, secretHash } = generateApiKey();
    const { tenantId } = caller;
    const data = {
      tenantId,
      name,
      keyId,
      secretHash: new Uint8Array(secretHash),
      checksum: text.slice(-6),
      scopes,
      expiresAt: end,
    };
    const row = await this.db.run(tenantId, (tx) => tx.apiKey.create({ data, select: SHOWN }));
    return { ...keyView(row), key: text };
  }

  /** Newest first, the revoked ones among them. */
  async list(tenantId: TenantId, query: PageQuery): Promise<Page<KeyView>> {
    const { where, ...window } = prismaWindow(query);
    const rows = await this.db.run(tenantId, (tx) =>
      tx.apiKey.findMany({ ...window, where: { ...where, tenantId }, select: SHOWN }),
    );
    return pageOf(rows, query, keyView);
  }

  /** Ends a key for good; a second time changes nothing. @throws resource.not-found */
  async revoke(tenantId: TenantId, id: string): Promise<void> {
    const { keyId } = await this.db.run(tenantId, async (tx) => {
      const key = found(await tx.apiKey.findFirst({ where: { id, tenantId }, select: SHOWN }));
      await tx.apiKey.updateMany({ where: { id, tenantId, revokedAt: null }, data: { revokedAt: this.clock.now() } });
      return key;
    });
    this.apiKeys.forget(keyId);
  }

  private future(text: string): Date {
    const at = new Date(text);
    if (at > this.clock.now()) return at;
    const detail = 'expiresAt must lie in the future';
    throw new DomainError('request.invalid', detail, {
      errors: [{ pointer: '/expiresAt', code: 'field.invalid', detail }],
    });
  }
}
