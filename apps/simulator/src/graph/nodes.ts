import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import type { Account, Template } from '../state/account.js';
import { selectFields } from './fields.js';
import { HealthStatus, portfolioOf } from './health-status.js';
import { DEFAULT_MESSAGING_LIMIT } from './numbers/number-events.js';

const ACCOUNT_DEFAULTS = ['name', 'currency', 'timezone_id', 'message_template_namespace'];
const TEMPLATE_DEFAULTS = [
  'name',
  'parameter_format',
  'components',
  'language',
  'status',
  'category',
  'sub_category',
  'previous_category',
];

/** Accounts and templates as Graph shows them. Fields that exist and have no value are left out, as with Meta. */
@Injectable()
export class Nodes {
  constructor(private readonly health: HealthStatus) {}

  /** @throws GraphError 100 for a field that there is not */
  account(account: Account, fields?: string): JsonObject {
    return selectFields(
      {
        id: account.wabaId,
        name: account.name,
        currency: 'USD',
        timezone_id: account.timezoneId ?? '1',
        country: 'US',
        message_template_namespace: `ns_${account.wabaId}`,
        account_review_status: account.reviewStatus ?? 'APPROVED',
        business_verification_status: account.verificationStatus ?? 'VERIFIED',
        ownership_type: 'CLIENT_OWNED',
        owner_business_info: { name: account.name, id: portfolioOf(account) },
        on_behalf_of_business_info: undefined,
        primary_business_location: undefined,
        marketing_messages_onboarding_status: 'ELIGIBLE',
        whatsapp_business_manager_messaging_limit: account.messagingLimit ?? DEFAULT_MESSAGING_LIMIT,
        health_status: this.health.ofAccount(account),
      },
      fields,
      ACCOUNT_DEFAULTS,
      'WhatsAppBusinessAccount',
    );
  }

  /** A template, alone or in a list. @throws GraphError 100 for a field that there is not */
  template(template: Template, fields?: string): JsonObject {
    return selectFields(
      {
        id: template.id,
        name: template.name,
        parameter_format: template.parameterFormat,
        components: template.components,
        language: template.language,
        status: template.status,
        category: template.category,
        sub_category: 'CUSTOM',
        previous_category: template.previousCategory,
        correct_category: template.correctCategory ?? template.category,
        quality_score: { score: template.quality },
        rejected_reason: template.rejectedReason,
        message_send_ttl_seconds: template.ttlSeconds,
        health_status: this.health.ofTemplate(template),
      },
      fields,
      TEMPLATE_DEFAULTS,
      'WhatsAppMessageTemplate',
    );
  }
}
