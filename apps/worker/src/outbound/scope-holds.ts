import { Injectable } from '@nestjs/common';
import { Holds, type ClaimedMessage, type LeasedNumber } from '@parley/data';
import { logEvent } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import type { HoldOrder } from './hold-order.js';

/** Whose answer ordered a hold. */
export interface HoldOrigin {
  readonly lease: Pick<LeasedNumber, 'numberId'>;
  readonly message: Pick<ClaimedMessage, 'tenantId' | 'accountId' | 'templateId'>;
}

/** Holds what Meta's answer to one message says of others: a number, a template, an account, an app. */
@Injectable()
export class ScopeHolds {
  constructor(
    private readonly holds: Holds,
    private readonly logger: PinoLogger,
  ) {}

  /** True when it was not held for this cause before. */
  async begin(order: HoldOrder, origin: HoldOrigin): Promise<boolean> {
    const scopeId = idOf(order, origin);
    // A refusal of a template that no message named: there is nothing to hold.
    if (scopeId === null) return false;
    const { scope, cause, reason, untilMs } = order;
    const isNew = await this.holds.begin({ tenantId: origin.message.tenantId, scope, scopeId, cause, reason, actor: 'meta', untilMs });
    if (isNew) logEvent(this.logger, 'hold.began', { scope, scopeId, cause, reason, untilMs });
    return isNew;
  }
}

/** An app of Meta's is not known by the token: its hold is one of the tenant, for whom `Holds` puts the tenant's id. */
function idOf({ scope }: HoldOrder, { lease, message }: HoldOrigin): string | null {
  switch (scope) {
    case 'number':
      return lease.numberId;
    case 'account':
      return message.accountId;
    case 'template':
      return message.templateId;
    case 'app':
      return message.tenantId;
  }
}
