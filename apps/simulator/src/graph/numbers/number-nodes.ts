import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../json.js';
import type { BusinessNumber } from '../../state/account.js';
import { Accounts } from '../../state/accounts.js';
import { Apps } from '../../state/apps.js';
import { Registrations } from '../../state/registrations.js';
import { selectFields } from '../fields.js';
import { HealthStatus } from '../health-status.js';
import { DEFAULT_MESSAGING_LIMIT } from './number-events.js';
import { isRegistered } from './registration-state.js';

const DEFAULTS = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'webhook_configuration',
];

/** Phone numbers as Graph shows them. */
@Injectable()
export class NumberNodes {
  constructor(
    private readonly accounts: Accounts,
    private readonly apps: Apps,
    private readonly registrations: Registrations,
    private readonly health: HealthStatus,
  ) {}

  /** The fields that were asked for. @throws GraphError 100 for one that there is not */
  node(number: BusinessNumber, fields?: string): JsonObject {
    return selectFields(this.all(number), fields, DEFAULTS, 'WhatsAppBusinessPhoneNumber');
  }

  /** Every field. Those that exist and have no value here are left out of answers, as with Meta. */
  all(number: BusinessNumber): JsonObject {
    const account = this.accounts.accountOf(number);
    const { pin, onboardedAtMs } = this.registrations.of(number);
    const registered = isRegistered(number);
    const besideApp = number.throughputLevel === 'COEXISTENCE';
    const level = besideApp ? 'STANDARD' : number.throughputLevel;
    const limit = account.messagingLimit ?? DEFAULT_MESSAGING_LIMIT;
    return {
      id: number.id,
      verified_name: number.verifiedName,
      display_phone_number: number.displayPhoneNumber,
      status: number.status,
      quality_rating: number.qualityRating,
      quality_score: { score: number.qualityRating },
      code_verification_status: this.registrations.verificationStatus(number),
      name_status: number.nameStatus ?? 'APPROVED',
      new_display_name: number.newName?.name,
      new_name_status: number.newName?.status ?? 'NONE',
      account_mode: 'LIVE',
      platform_type: registered ? 'CLOUD_API' : 'NOT_APPLICABLE',
      throughput: { level: registered ? level : 'NOT_APPLICABLE' },
      is_official_business_account: false,
      is_pin_enabled: pin !== undefined,
      is_on_biz_app: besideApp,
      messaging_limit_tier: limit,
      whatsapp_business_manager_messaging_limit: limit,
      webhook_configuration: this.webhooksOf(number),
      last_onboarded_time: onboardedAtMs === null ? undefined : graphTime(onboardedAtMs),
      certificate: undefined,
      username: number.username?.name,
      search_visibility: number.searchVisibility ?? 'VISIBLE',
      health_status: this.health.ofNumber(number),
    };
  }

  /** Where `messages` go: the most special callback of number, account and app counts. */
  private webhooksOf(number: BusinessNumber): JsonObject | undefined {
    const account = this.accounts.accountOf(number);
    const [subscription] = account.subscriptions.values();
    const application = subscription && this.apps.find(subscription.appId)?.callbackUrl;
    const configuration = {
      ...(number.overrideCallbackUri !== undefined && { phone_number: number.overrideCallbackUri }),
      ...(subscription?.overrideCallbackUri !== undefined && {
        whatsapp_business_account: subscription.overrideCallbackUri,
      }),
      ...(application !== undefined && { application }),
    };
    return Object.keys(configuration).length === 0 ? undefined : configuration;
  }
}

/** Graph's way of writing a time: `2026-11-21T05:30:00+0000`. */
function graphTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, '+0000');
}
