import { idOf, listOf, objectOf, textOf } from './json.js';
import type { RawItem, TypedItem } from './webhook-event.js';

/** Items that tell of a number or of its whole account. */
export type NumberItem =
  | Extract<TypedItem, { kind: 'number-quality' | 'username-update' }>
  | (RawItem & { kind: 'number-name' | 'account-update' | 'account-review' | 'account-alert' | 'business-capability' | 'security' });

export const ACCOUNT_STATES = ['ACTIVE', 'RESTRICTED', 'DISABLED', 'DELETED', 'DISCONNECTED'] as const;

export type AccountState = (typeof ACCOUNT_STATES)[number];

/** How the reason of a pause begins that Meta ends by its own word. */
export const ACCOUNT_PAUSE = 'account.';

/** What an item changes. `digits` names one number of the account as it is displayed; null means all of them. */
export type NumberChange =
  | { kind: 'tier'; digits: string | null; tier: string }
  | { kind: 'throughput'; digits: string | null; level: string; perSecond: number }
  | { kind: 'quality'; digits: string | null; quality: string }
  | { kind: 'name'; digits: string | null; nameStatus: string; verifiedName: string | null }
  /** `username` null: it has none any more. */
  | { kind: 'username'; digits: string | null; username: string | null; status: string }
  /**
   * A state with a reason pauses the account's numbers until then (null: until Meta says otherwise); `templates` holds only what
   * the business begins, which are templates.
   */
  | { kind: 'account-state'; state: AccountState; reason: string | null; until: Date | null; templates?: { reason: string; until: Date | null } }
  | { kind: 'review'; decision: string }
  | { kind: 'security'; digits: string | null; event: string }
  | { kind: 'alert'; type: string; severity: string };

const TIERS: readonly (readonly [limit: number, tier: string])[] = [
  [50, 'TIER_50'],
  [250, 'TIER_250'],
  [1_000, 'TIER_1K'],
  [2_000, 'TIER_2K'],
  [10_000, 'TIER_10K'],
  [100_000, 'TIER_100K'],
];

/** Meta gives a limit as a number in some versions of its webhooks and by name in others; -1 is none. */
export function tierOf(limit: string | null): string | null {
  if (limit === null || /^TIER_\w{1,20}$/.test(limit)) return limit;
  if (limit === '-1') return 'TIER_UNLIMITED';
  return TIERS.find(([most]) => String(most) === limit)?.[1] ?? null;
}

/** The changes that an item stands for; none for what is only worth keeping. Never throws. */
export function readNumberChanges(item: NumberItem): NumberChange[] {
  const value = objectOf(item.raw);
  const digits = item.displayPhoneNumber?.replace(/\D/g, '') || null;
  switch (item.kind) {
    case 'number-quality':
      return qualityChanges(item.content.event, tierOf(item.content.tier), digits);
    case 'number-name':
      return nameChange(textOf(value.decision), textOf(value.requested_verified_name), digits);
    case 'account-update':
      return accountChange(textOf(value.event), value);
    case 'account-review': {
      const decision = textOf(value.decision);
      return decision === null ? [] : [{ kind: 'review', decision }];
    }
    case 'username-update':
      return usernameChange(item.content.username, item.content.status, digits);
    case 'business-capability': {
      // Until February 2026 the limit was each number's own.
      const tier = tierOf(idOf(value.max_daily_conversations_per_business) ?? idOf(value.max_daily_conversation_per_phone));
      return tier === null ? [] : [{ kind: 'tier', digits: null, tier }];
    }
    case 'security': {
      const event = textOf(value.event);
      return event === null ? [] : [{ kind: 'security', digits, event }];
    }
    case 'account-alert': {
      const alert = objectOf(value.alert_info);
      const type = textOf(alert.alert_type) ?? textOf(value.alert_type);
      const severity = textOf(alert.alert_severity) ?? textOf(value.alert_severity) ?? 'UNKNOWN';
      return type === null ? [] : [{ kind: 'alert', type, severity }];
    }
  }
}

/** Numbers are named by their digits: without any a change would be one of all numbers. */
function qualityChanges(event: string | null, tier: string | null, digits: string | null): NumberChange[] {
  if (digits === null) return [];
  const changes: NumberChange[] = tier === null ? [] : [{ kind: 'tier', digits, tier }];
  if (event === 'THROUGHPUT_UPGRADE') changes.push({ kind: 'throughput', digits, level: 'HIGH', perSecond: 1_000 });
  if (event === 'FLAGGED') changes.push({ kind: 'quality', digits, quality: 'RED' });
  // Better than red; how good, only the number's node tells.
  if (event === 'UNFLAGGED') changes.push({ kind: 'quality', digits, quality: 'UNKNOWN' });
  return changes;
}

function nameChange(decision: string | null, name: string | null, digits: string | null): NumberChange[] {
  if (decision === null || digits === null) return [];
  return [{ kind: 'name', digits, nameStatus: decision, verifiedName: decision === 'APPROVED' ? name : null }];
}

function usernameChange(username: string | null, status: string | null, digits: string | null): NumberChange[] {
  if (status === null || digits === null) return [];
  return [{ kind: 'username', digits, username: status === 'deleted' ? null : username, status }];
}

/** What changes nothing here, and people should know. */
const NOTICES: ReadonlySet<string> = new Set([
  'PARTNER_ADDED', 'PARTNER_APP_INSTALLED', 'PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE', 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE',
  'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE', 'VOLUME_BASED_PRICING_TIER_UPDATE', 'AD_ACCOUNT_LINKED', 'MM_LITE_TERMS_SIGNED',
]);

function notice(event: string, severity: string, detail: string | null = null): NumberChange {
  return { kind: 'alert', type: [event, detail].filter(Boolean).join(' ').slice(0, 100), severity };
}

function accountChange(event: string | null, value: ReturnType<typeof objectOf>): NumberChange[] {
  switch (event) {
    case 'DISABLED_UPDATE':
      return banned(objectOf(value.ban_info));
    case 'ACCOUNT_VIOLATION':
      return [notice(event, 'WARNING', textOf(objectOf(value.violation_info).violation_type))];
    case 'ACCOUNT_RESTRICTION':
      return restricted(listOf(value.restriction_info).map(objectOf));
    case 'ACCOUNT_DELETED':
      return [{ kind: 'account-state', state: 'DELETED', reason: `${ACCOUNT_PAUSE}deleted`, until: null }];
    // The business took our access away. A new token ends it, so the reason is that of a credential.
    case 'PARTNER_REMOVED':
    case 'PARTNER_APP_UNINSTALLED':
    case 'ACCOUNT_OFFBOARDED':
      return [{ kind: 'account-state', state: 'DISCONNECTED', reason: 'credential.disconnected', until: null }];
    case 'ACCOUNT_RECONNECTED':
      return [{ kind: 'account-state', state: 'ACTIVE', reason: null, until: null }];
    default:
      return event !== null && NOTICES.has(event) ? [notice(event, 'INFORMATIONAL')] : [];
  }
}

function banned({ waba_ban_state, waba_ban_date }: ReturnType<typeof objectOf>): NumberChange[] {
  const state = textOf(waba_ban_state);
  if (state === 'SCHEDULE_FOR_DISABLE') return [notice(state, 'CRITICAL', textOf(waba_ban_date))];
  if (state === 'DISABLE') return [{ kind: 'account-state', state: 'DISABLED', reason: `${ACCOUNT_PAUSE}disabled`, until: null }];
  return state === 'REINSTATE' ? [{ kind: 'account-state', state: 'ACTIVE', reason: null, until: null }] : [];
}

/** Answers to customers stop with the second; with the first only what the business begins. */
const BUSINESS_INITIATED = 'RESTRICTED_BIZ_INITIATED_MESSAGING';
const CUSTOMER_INITIATED = 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING';

function restricted(restrictions: readonly ReturnType<typeof objectOf>[]): NumberChange[] {
  const ofType = (type: string) => restrictions.filter(({ restriction_type }) => restriction_type === type);
  const [begun, answers] = [ofType(BUSINESS_INITIATED), ofType(CUSTOMER_INITIATED)];
  if (begun.length + answers.length === 0) {
    return restrictions.flatMap(({ restriction_type }) => textOf(restriction_type) ?? []).map((type) => notice('ACCOUNT_RESTRICTION', 'WARNING', type));
  }
  const whole = answers.length > 0 ? { reason: `${ACCOUNT_PAUSE}restricted`, until: endOf(answers) } : { reason: null, until: null };
  const templates = begun.length > 0 ? { templates: { reason: `${ACCOUNT_PAUSE}restricted`, until: endOf(begun) } } : {};
  return [{ kind: 'account-state', state: 'RESTRICTED', ...whole, ...templates }];
}

/** Unix seconds; one without an end lasts until Meta says otherwise. */
function endOf(restrictions: readonly ReturnType<typeof objectOf>[]): Date | null {
  const ends = restrictions.map(({ expiration }) => Number(idOf(expiration) ?? Number.NaN));
  return ends.every((end) => Number.isSafeInteger(end) && end > 0 && end < 1e11) ? new Date(Math.max(...ends) * 1_000) : null;
}
