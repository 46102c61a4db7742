import { Injectable } from '@nestjs/common';
import { assertPublicUrl, DomainError, isBusinessScopedId, parsePhone, type TenantId } from '@parley/domain';
import { GraphClient, type BlockedUser, type BlockOutcome, type BlockTarget, type BusinessProfile, type BusinessProfileEdit } from '@parley/graph';
import { Config } from '@parley/platform';
import { CallbackHandshake } from './callback-handshake.js';
import { askMeta } from './graph-refusal.js';
import { OwnNumbers } from './own-numbers.js';

/** What Meta keeps for a number and nobody else: profile, block list, callback. Nothing of it is copied here. */
@Injectable()
export class NumberSettings {
  constructor(
    private readonly graph: GraphClient,
    private readonly own: OwnNumbers,
    private readonly handshake: CallbackHandshake,
    private readonly config: Config,
  ) {}

  profile(tenantId: TenantId, id: string): Promise<BusinessProfile> {
    return this.ask(tenantId, id, (graphId, token) => this.graph.getBusinessProfile(graphId, { token }));
  }

  async changeProfile(tenantId: TenantId, id: string, edit: BusinessProfileEdit): Promise<BusinessProfile> {
    await this.ask(tenantId, id, (graphId, token) => this.graph.updateBusinessProfile(graphId, edit, { token }));
    return this.profile(tenantId, id);
  }

  /** At most so many, and whether there are more. */
  blockedUsers(tenantId: TenantId, id: string, limit: number): Promise<{ users: BlockedUser[]; hasMore: boolean }> {
    return this.ask(tenantId, id, async (graphId, token) => {
      const users: BlockedUser[] = [];
      for await (const user of this.graph.listBlockedUsers(graphId, { token })) {
        if (users.length === limit) return { users, hasMore: true };
        users.push(user);
      }
      return { users, hasMore: false };
    });
  }

  /** @throws phone.invalid with the place of each text that is neither a number nor a user id */
  changeBlocked(tenantId: TenantId, id: string, change: 'block' | 'unblock', users: readonly string[]): Promise<BlockOutcome> {
    const targets = users.map((user, at): BlockTarget =>
      isBusinessScopedId(user) ? { user_id: user } : { user: parsePhone(user, undefined, `/users/${at}`) },
    );
    return this.ask(tenantId, id, (graphId, token) =>
      change === 'block' ? this.graph.blockUsers(graphId, targets, { token }) : this.graph.unblockUsers(graphId, targets, { token }),
    );
  }

  /** @throws url.refused, url.unreachable, callback.unverified */
  async overrideCallback(tenantId: TenantId, id: string, callbackUrl: string | null, verifyToken: string | undefined): Promise<void> {
    const { HTTP_ALLOWED_ORIGINS: allowed = [], PUBLIC_URL } = this.config;
    const { origin } = new URL(PUBLIC_URL);
    // Our own address is always a good one, also where it is not public yet.
    const url = callbackUrl === null ? null : assertPublicUrl(callbackUrl, '/callbackUrl', [...allowed, origin]);
    if (url !== null && verifyToken === undefined) throw missingToken();
    const override = callbackUrl === null || verifyToken === undefined ? null : { callbackUrl, verifyToken };
    await this.ask(tenantId, id, async (graphId, token) => {
      if (override !== null && url?.origin !== origin) await this.handshake.verify(override.callbackUrl, override.verifyToken);
      await this.graph.overrideNumberCallback(graphId, override, { token });
    });
  }

  private async ask<T>(tenantId: TenantId, id: string, question: (graphId: string, token: string) => Promise<T>): Promise<T> {
    const { graphId, accessToken } = await this.own.openAccount(tenantId, id);
    return askMeta(() => question(graphId, accessToken));
  }
}

function missingToken(): DomainError {
  const detail = 'verifyToken is needed with callbackUrl.';
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/verifyToken', code: 'field.invalid', detail }] });
}
