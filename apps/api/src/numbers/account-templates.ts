import { Injectable } from '@nestjs/common';
import { DomainError, type TenantId } from '@parley/domain';
import { GraphClient, WhatsAppError } from '@parley/graph';
import { SyncTemplates, type SyncReport } from '@parley/messaging';
import { JobProducer } from '@parley/queue';
import { graphRefusal, refusesToken } from './graph-refusal.js';

/** An account of a tenant, opened. */
export interface OpenedAccount {
  tenantId: TenantId;
  accountId: string;
  wabaId: string;
  accessToken: string;
}

/** Reads an account's templates from Meta and makes ours the same. */
@Injectable()
export class AccountTemplates {
  constructor(
    private readonly graph: GraphClient,
    private readonly templates: SyncTemplates,
    private readonly producer: JobProducer,
  ) {}

  /** @throws credential.invalid, graph.unavailable or graph.refused, with nothing changed */
  async sync({ tenantId, accountId, wabaId, accessToken }: OpenedAccount): Promise<SyncReport> {
    try {
      return await this.templates.sync(tenantId, accountId, this.graph.listTemplates(wabaId, { token: accessToken }));
    } catch (error) {
      if (!(error instanceof WhatsAppError)) throw error;
      throw refusesToken(error) ? graphRefusal(error, 'credential.invalid') : graphRefusal(error);
    }
  }

  /** The same for a number that is just being connected: a list that breaks off is left to a job, and null is told. */
  async syncOrLater(account: OpenedAccount, numberId: string): Promise<SyncReport | null> {
    try {
      return await this.sync(account);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.producer.wake('templates.sync', { numberId });
      return null;
    }
  }
}
