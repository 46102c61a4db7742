import type { JsonObject } from '../../json.js';
import type { NumberStatus } from '../../state/account.js';
import { fieldUpdate, type TriggerContext, type WebhookEvents } from './trigger-context.js';

const WEEK_SECONDS = 7 * 24 * 60 * 60;
const OWNER_BUSINESS = '2729063490586005';

/** What Meta tells of accounts: restrictions, reviews, partners, limits. */
export const ACCOUNT_EVENTS: WebhookEvents = {
  'account-violation': {
    description: 'Meta found a violation of its policies (reason: ADULT, SCAM, SPAM, ...)',
    updates: (context) => [
      accountUpdate(context, 'ACCOUNT_VIOLATION', { violation_info: { violation_type: context.reason ?? 'SCAM' } }),
    ],
  },
  'account-restricted': {
    description: 'The account may not begin conversations for a week; its numbers become RESTRICTED',
    updates: (context) => {
      setStatus(context, 'RESTRICTED');
      const restriction = {
        restriction_type: context.reason ?? 'RESTRICTED_BIZ_INITIATED_MESSAGING',
        expiration: context.nowSeconds + WEEK_SECONDS,
      };
      return [accountUpdate(context, 'ACCOUNT_RESTRICTION', { restriction_info: [restriction] })];
    },
  },
  'account-banned': {
    description: 'The account is disabled; its numbers become BANNED',
    updates: (context) => {
      setStatus(context, 'BANNED');
      return [accountUpdate(context, 'DISABLED_UPDATE', banInfo(context, 'DISABLE'))];
    },
  },
  'account-reinstated': {
    description: 'The account may send again; its numbers become CONNECTED',
    updates: (context) => {
      setStatus(context, 'CONNECTED');
      return [accountUpdate(context, 'DISABLED_UPDATE', banInfo(context, 'REINSTATE'))];
    },
  },
  'account-disable-scheduled': {
    description: 'The account will be disabled',
    updates: (context) => [accountUpdate(context, 'DISABLED_UPDATE', banInfo(context, 'SCHEDULE_FOR_DISABLE'))],
  },
  'account-deleted': {
    description: 'The account was deleted',
    updates: (context) => [accountUpdate(context, 'ACCOUNT_DELETED', {})],
  },
  'account-reviewed': {
    description: "The account's review is over (reason: APPROVED, REJECTED, PENDING or DEFERRED)",
    updates: (context) => [fieldUpdate(context, 'account_review_update', { decision: context.reason ?? 'APPROVED' })],
  },
  'account-alert': {
    description: 'An alert of the business manager',
    updates: (context) => [
      fieldUpdate(context, 'account_alerts', {
        entity_type: 'BUSINESS',
        entity_id: OWNER_BUSINESS,
        alert_info: {
          alert_severity: 'INFORMATIONAL',
          alert_status: 'NONE',
          alert_type: context.reason ?? 'OBA_APPROVED',
          alert_description: 'The business is now an official business account.',
        },
      }),
    ],
  },
  'account-offboarded': {
    description: 'Coexistence: the business app left the Cloud API',
    updates: (context) => [accountUpdate(context, 'ACCOUNT_OFFBOARDED', {})],
  },
  'account-reconnected': {
    description: 'Coexistence: the business app is back',
    updates: (context) => [accountUpdate(context, 'ACCOUNT_RECONNECTED', {})],
  },
  'partner-added': {
    description: "A customer shared the account by embedded signup; the entry has the portfolio's id",
    updates: (context) => [
      {
        ...accountUpdate(context, 'PARTNER_ADDED', wabaInfo(context)),
        entryId: context.account.portfolioId ?? OWNER_BUSINESS,
      },
    ],
  },
  'partner-removed': {
    description: 'The customer took the account back; its token is no longer valid',
    updates: (context) => {
      context.account.tokenState = 'APP_REMOVED';
      const update = accountUpdate(context, 'PARTNER_REMOVED', wabaInfo(context));
      return [{ ...update, entryId: context.account.portfolioId ?? OWNER_BUSINESS }];
    },
  },
  'partner-app-installed': {
    description: "The customer installed the partner's app",
    updates: (context) => [accountUpdate(context, 'PARTNER_APP_INSTALLED', partnerApp(context))],
  },
  'partner-app-uninstalled': {
    description: "The customer uninstalled the partner's app; its token is no longer valid",
    updates: (context) => {
      context.account.tokenState = 'APP_REMOVED';
      return [accountUpdate(context, 'PARTNER_APP_UNINSTALLED', partnerApp(context))];
    },
  },
  'account-notice': {
    description: 'Something about the account that stops nothing (reason: MM_LITE_TERMS_SIGNED, AD_ACCOUNT_LINKED, ...)',
    updates: (context) => [accountUpdate(context, context.reason ?? 'MM_LITE_TERMS_SIGNED', wabaInfo(context))],
  },
  'messaging-limit-raised': {
    description: 'The portfolio may write to 10,000 people a day',
    updates: (context) => {
      context.account.messagingLimit = 'TIER_10K';
      return [
        fieldUpdate(context, 'business_capability_update', {
          max_daily_conversations_per_business: 'TIER_10K',
          max_phone_numbers_per_business: 20,
        }),
      ];
    },
  },
  'unknown-field': {
    description: 'A field that nobody knows yet, as Meta adds them',
    updates: (context) => [fieldUpdate(context, 'field_of_the_future', { event: context.reason ?? 'SOMETHING_NEW' })],
  },
};

function accountUpdate(
  context: TriggerContext,
  event: string,
  details: JsonObject,
): ReturnType<typeof fieldUpdate> & { kind: 'field' } {
  const { wabaId } = context.account;
  return { kind: 'field', wabaId, field: 'account_update', value: { event, ...details } };
}

function wabaInfo({ account }: TriggerContext): JsonObject {
  return { waba_info: { waba_id: account.wabaId, owner_business_id: OWNER_BUSINESS } };
}

function partnerApp({ account }: TriggerContext): JsonObject {
  return { waba_info: { waba_id: account.wabaId, owner_business_id: OWNER_BUSINESS, partner_app_id: '7158912340987' } };
}

/** Meta writes this date in words. */
function banInfo({ nowSeconds }: TriggerContext, state: string): JsonObject {
  const date = new Date(nowSeconds * 1000).toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'UTC' });
  return { ban_info: { waba_ban_state: state, waba_ban_date: date } };
}

function setStatus({ account }: TriggerContext, status: NumberStatus): void {
  for (const number of account.numbers.values()) number.status = status;
}
