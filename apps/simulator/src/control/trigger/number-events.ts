import { fieldUpdate, type WebhookEvents } from './trigger-context.js';

/** What Meta tells of phone numbers. Most of it names the displayed number only. */
export const NUMBER_EVENTS: WebhookEvents = {
  'quality-drop': {
    description: 'The quality of the number falls to RED, and it is flagged',
    updates: (context) => {
      context.number.qualityRating = 'RED';
      return [
        fieldUpdate(context, 'phone_number_quality_update', {
          display_phone_number: context.number.digits,
          event: 'FLAGGED',
          current_limit: 'TIER_2K',
          max_daily_conversations_per_business: 'TIER_2K',
        }),
      ];
    },
  },
  'quality-restored': {
    description: 'The quality of the number is GREEN again',
    updates: (context) => {
      context.number.qualityRating = 'GREEN';
      return [
        fieldUpdate(context, 'phone_number_quality_update', {
          display_phone_number: context.number.digits,
          event: 'UNFLAGGED',
          max_daily_conversations_per_business: 'TIER_2K',
        }),
      ];
    },
  },
  'throughput-upgrade': {
    description: 'The number may send 1,000 messages a second',
    updates: (context) => {
      context.number.throughputLevel = 'HIGH';
      return [
        fieldUpdate(context, 'phone_number_quality_update', {
          display_phone_number: context.number.digits,
          event: 'THROUGHPUT_UPGRADE',
          max_daily_conversations_per_business: 'TIER_UNLIMITED',
        }),
      ];
    },
  },
  'name-approved': {
    description: 'The display name of the number is approved',
    updates: (context) => {
      const { number } = context;
      number.verifiedName = number.newName?.name ?? number.verifiedName;
      number.nameStatus = 'APPROVED';
      delete number.newName;
      return [
        fieldUpdate(context, 'phone_number_name_update', {
          display_phone_number: context.number.digits,
          decision: 'APPROVED',
          requested_verified_name: context.number.verifiedName,
          rejection_reason: null,
        }),
      ];
    },
  },
  'name-rejected': {
    description: 'The display name of the number is rejected (reason: NAME_...)',
    updates: (context) => {
      context.number.nameStatus = 'DECLINED';
      return [
        fieldUpdate(context, 'phone_number_name_update', {
          display_phone_number: context.number.digits,
          decision: 'REJECTED',
          requested_verified_name: context.number.verifiedName,
          rejection_reason: context.reason ?? 'NAME_NOT_CONSISTENT',
        }),
      ];
    },
  },
  security: {
    description: 'The PIN of the number changed (reason: PIN_CHANGED, PIN_RESET_REQUEST or PIN_REQUEST_SUCCESS)',
    updates: (context) => [
      fieldUpdate(context, 'security', {
        display_phone_number: context.number.digits,
        event: context.reason ?? 'PIN_CHANGED',
        requester: '61555822107539',
      }),
    ],
  },
  'limit-raised': {
    description: 'The number may begin 10,000 conversations a day',
    updates: (context) => [
      fieldUpdate(context, 'phone_number_quality_update', {
        display_phone_number: context.number.digits,
        event: 'UPGRADE',
        current_limit: 'TIER_10K',
        old_limit: 'TIER_2K',
        max_daily_conversations_per_business: 'TIER_10K',
      }),
    ],
  },
  'username-deleted': {
    description: 'The business has no username any more',
    updates: (context) => [
      fieldUpdate(context, 'business_username_update', { display_phone_number: context.number.digits, status: 'deleted' }),
    ],
  },
  'username-approved': {
    description: 'The username of the business is approved',
    updates: (context) => [
      fieldUpdate(context, 'business_username_update', {
        display_phone_number: context.number.digits,
        username: context.number.username?.name ?? 'trattoria',
        status: 'approved',
      }),
    ],
  },
};
