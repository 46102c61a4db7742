import type { JsonObject } from '../json.js';
import type { Account, BusinessNumber, Template } from '../state/account.js';
import { selectFields } from './fields.js';

const NUMBER_DEFAULTS = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'webhook_configuration',
];
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

/** A phone number as Graph shows it. Fields that exist and have no value here are left out of the answer, as with Meta. */
export function numberNode(number: BusinessNumber, fields?: string): JsonObject {
  const registered = number.status === 'CONNECTED' || number.status === 'FLAGGED' || number.status === 'RATE_LIMITED';
  const besideApp = number.throughputLevel === 'COEXISTENCE';
  const level = besideApp ? 'STANDARD' : number.throughputLevel;
  return selectFields(
    {
      id: number.id,
      verified_name: number.verifiedName,
      display_phone_number: number.displayPhoneNumber,
      status: number.status,
      quality_rating: number.qualityRating,
      quality_score: { score: number.qualityRating },
      code_verification_status: number.status === 'UNVERIFIED' ? 'NOT_VERIFIED' : 'VERIFIED',
      name_status: 'APPROVED',
      new_name_status: 'NONE',
      account_mode: 'LIVE',
      platform_type: registered ? 'CLOUD_API' : 'NOT_APPLICABLE',
      throughput: { level: registered ? level : 'NOT_APPLICABLE' },
      is_official_business_account: false,
      is_pin_enabled: true,
      is_on_biz_app: besideApp,
      messaging_limit_tier: 'TIER_2K',
      whatsapp_business_manager_messaging_limit: 'TIER_2K',
      webhook_configuration: undefined,
      last_onboarded_time: undefined,
      certificate: undefined,
      username: undefined,
      search_visibility: 'VISIBLE',
      health_status: healthStatus('PHONE_NUMBER', number.id, registered),
    },
    fields,
    NUMBER_DEFAULTS,
    'WhatsAppBusinessPhoneNumber',
  );
}

/** An account as Graph shows it. */
export function accountNode(account: Account, fields?: string): JsonObject {
  return selectFields(
    {
      id: account.wabaId,
      name: account.name,
      currency: 'USD',
      timezone_id: '1',
      country: 'US',
      message_template_namespace: `ns_${account.wabaId}`,
      account_review_status: 'APPROVED',
      business_verification_status: 'VERIFIED',
      ownership_type: 'CLIENT_OWNED',
      owner_business_info: { name: account.name, id: `9${account.wabaId}` },
      on_behalf_of_business_info: undefined,
      primary_business_location: undefined,
      marketing_messages_onboarding_status: 'ELIGIBLE',
      whatsapp_business_manager_messaging_limit: 'TIER_2K',
      health_status: healthStatus('WABA', account.wabaId, true),
    },
    fields,
    ACCOUNT_DEFAULTS,
    'WhatsAppBusinessAccount',
  );
}

/** A template as Graph shows it, alone or in a list. */
export function templateNode(template: Template, fields?: string): JsonObject {
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
      correct_category: template.category,
      quality_score: { score: template.quality },
      rejected_reason: template.rejectedReason,
      message_send_ttl_seconds: undefined,
      health_status: healthStatus('MESSAGE_TEMPLATE', template.id, template.status === 'APPROVED'),
    },
    fields,
    TEMPLATE_DEFAULTS,
    'WhatsAppMessageTemplate',
  );
}

function healthStatus(entityType: string, id: string, isAvailable: boolean): JsonObject {
  const state = isAvailable ? 'AVAILABLE' : 'BLOCKED';
  return { can_send_message: state, entities: [{ entity_type: entityType, id, can_send_message: state }] };
}
