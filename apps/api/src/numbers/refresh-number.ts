import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import { GraphClient, type PhoneNumberNode } from '@parley/graph';
import { logEvent } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { askMeta } from './graph-refusal.js';
import { numberFacts } from './number-facts.js';
import { NUMBER_INCLUDE, type NumberRow } from './number.view.js';
import type { OpenedNumber } from './own-numbers.js';
import { askedAt } from './store-number.js';

/** A number as Meta shows it now, and as it is written here. */
export interface RefreshedNumber {
  node: PhoneNumberNode;
  row: NumberRow;
}

/** Reads a number anew from Meta: status, name, quality, throughput, tier. */
@Injectable()
export class RefreshNumber {
  constructor(
    private readonly graph: GraphClient,
    private readonly db: TenantDb,
    private readonly logger: PinoLogger,
  ) {}

  /** @throws DomainError as Meta refuses, with nothing changed */
  async refresh({ tenantId, numberId, graphId, accessToken }: OpenedNumber): Promise<RefreshedNumber> {
    const node = await askMeta(() => this.graph.getPhoneNumber(graphId, { token: accessToken }));
    const where = { tenantId_id: { tenantId, id: numberId } };
    const data = { ...numberFacts(node), ...askedAt() };
    const row = await this.db.run(tenantId, (tx) => tx.phoneNumber.update({ where, data, include: NUMBER_INCLUDE }));
    logEvent(this.logger, 'number.state_changed', { tenantId, numberId, to: row.status, quality: row.quality });
    return { node, row };
  }
}
