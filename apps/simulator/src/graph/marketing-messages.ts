import { Injectable } from '@nestjs/common';
import { isJsonObject } from '../json.js';
import type { BusinessNumber } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { GraphError } from './graph-error.js';
import { readSendRequest, type SendRequest } from './validation/send-request.js';

const POLICIES = ['CLOUD_API_FALLBACK', 'STRICT'];

/** The Marketing Messages API: sends of marketing templates, with a policy of their own. */
@Injectable()
export class MarketingMessages {
  constructor(private readonly accounts: Accounts) {}

  /** @throws GraphError as for any send, 100 for what is no template, 134100 for a template of another category */
  read(number: BusinessNumber, value: unknown): SendRequest {
    const request = readSendRequest(value, number);
    const { template, product_policy: policy, message_activity_sharing: sharing } = request.body;
    if (request.type !== 'template' || !isJsonObject(template)) {
      throw new GraphError(100, { message: '(#100) Param type must be one of {TEMPLATE}' });
    }
    if (policy !== undefined && !POLICIES.includes(String(policy))) {
      throw new GraphError(100, { message: `(#100) Param product_policy must be one of {${POLICIES.join(', ')}}` });
    }
    if (sharing !== undefined && typeof sharing !== 'boolean') {
      throw new GraphError(100, { message: '(#100) Param message_activity_sharing must be a boolean' });
    }
    const { name, language } = template;
    const code = isJsonObject(language) ? String(language['code']) : '';
    const known = this.accounts.findTemplateByName(number.wabaId, String(name), code);
    if (known && known.category !== 'MARKETING') {
      throw new GraphError(134100, { details: `template (${String(name)}) is of category ${known.category}` });
    }
    return { ...request, isMarketingLite: true };
  }
}
