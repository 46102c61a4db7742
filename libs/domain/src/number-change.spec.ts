import { parseEnvelope } from './webhook-envelope.js';
import { readNumberChanges, tierOf, type NumberItem } from './number-change.js';

/** The changes of one webhook, from Meta's envelope on. */
function changesOf(field: string, value: object): unknown {
  const parsed = parseEnvelope(JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '104', time: 1_739_321_024, changes: [{ field, value }] }] }));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.items.flatMap((item) => readNumberChanges(item as NumberItem));
}

const DISPLAYED = { display_phone_number: '15550783881' };

describe('what Meta tells of numbers and accounts', () => {
  it.each([
    ['phone_number_quality_update', { ...DISPLAYED, event: 'ONBOARDING', current_limit: 'TIER_250', max_daily_conversations_per_business: 'TIER_2K' }, [{ kind: 'tier', digits: '15550783881', tier: 'TIER_2K' }]],
    ['phone_number_quality_update', { ...DISPLAYED, event: 'UPGRADE', current_limit: 'TIER_10K' }, [{ kind: 'tier', digits: '15550783881', tier: 'TIER_10K' }]],
    ['phone_number_quality_update', { ...DISPLAYED, event: 'THROUGHPUT_UPGRADE' }, [{ kind: 'throughput', digits: '15550783881', level: 'HIGH', perSecond: 1_000 }]],
    ['phone_number_quality_update', { ...DISPLAYED, event: 'FLAGGED' }, [{ kind: 'quality', digits: '15550783881', quality: 'RED' }]],
    ['phone_number_name_update', { ...DISPLAYED, decision: 'APPROVED', requested_verified_name: 'Aria' }, [{ kind: 'name', digits: '15550783881', nameStatus: 'APPROVED', verifiedName: 'Aria' }]],
    ['phone_number_name_update', { ...DISPLAYED, decision: 'REJECTED', requested_verified_name: 'Pizza' }, [{ kind: 'name', digits: '15550783881', nameStatus: 'REJECTED', verifiedName: null }]],
    ['business_capability_update', { max_daily_conversations_per_business: 2_000 }, [{ kind: 'tier', digits: null, tier: 'TIER_2K' }]],
    ['account_review_update', { decision: 'REJECTED' }, [{ kind: 'review', decision: 'REJECTED' }]],
    ['account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }, [{ kind: 'account-state', state: 'DISABLED', reason: 'account.disabled', until: null }]],
    ['account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'REINSTATE' } }, [{ kind: 'account-state', state: 'ACTIVE', reason: null, until: null }]],
    ['account_update', { event: 'ACCOUNT_DELETED' }, [{ kind: 'account-state', state: 'DELETED', reason: 'account.deleted', until: null }]],
    [
      'account_update',
      { event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 1_800_000_000 }] },
      [{ kind: 'account-state', state: 'RESTRICTED', reason: null, until: null, templates: { reason: 'account.restricted', until: new Date(1_800_000_000_000) } }],
    ],
    [
      'account_update',
      { event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING' }, { restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 1_800_000_000 }] },
      [{ kind: 'account-state', state: 'RESTRICTED', reason: 'account.restricted', until: null, templates: { reason: 'account.restricted', until: new Date(1_800_000_000_000) } }],
    ],
    ['account_update', { event: 'PARTNER_REMOVED', waba_info: { waba_id: '104' } }, [{ kind: 'account-state', state: 'DISCONNECTED', reason: 'credential.disconnected', until: null }]],
    ['account_update', { event: 'PARTNER_APP_UNINSTALLED' }, [{ kind: 'account-state', state: 'DISCONNECTED', reason: 'credential.disconnected', until: null }]],
    ['account_update', { event: 'ACCOUNT_RECONNECTED' }, [{ kind: 'account-state', state: 'ACTIVE', reason: null, until: null }]],
    ['account_update', { event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'SCAM' } }, [{ kind: 'alert', type: 'ACCOUNT_VIOLATION SCAM', severity: 'WARNING' }]],
    ['account_update', { event: 'MM_LITE_TERMS_SIGNED' }, [{ kind: 'alert', type: 'MM_LITE_TERMS_SIGNED', severity: 'INFORMATIONAL' }]],
    ['account_update', { event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION' }] }, [{ kind: 'alert', type: 'ACCOUNT_RESTRICTION RESTRICTED_ADD_PHONE_NUMBER_ACTION', severity: 'WARNING' }]],
    ['account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE', waba_ban_date: 'April 17, 2025' } }, [{ kind: 'alert', type: 'SCHEDULE_FOR_DISABLE April 17, 2025', severity: 'CRITICAL' }]],
    ['business_capability_update', { max_daily_conversation_per_phone: -1 }, [{ kind: 'tier', digits: null, tier: 'TIER_UNLIMITED' }]],
    ['business_username_update', { ...DISPLAYED, username: 'trattoria', status: 'approved' }, [{ kind: 'username', digits: '15550783881', username: 'trattoria', status: 'approved' }]],
    ['business_username_update', { ...DISPLAYED, username: 'trattoria', status: 'deleted' }, [{ kind: 'username', digits: '15550783881', username: null, status: 'deleted' }]],
    ['security', { ...DISPLAYED, event: 'PIN_CHANGED' }, [{ kind: 'security', digits: '15550783881', event: 'PIN_CHANGED' }]],
    ['account_alerts', { entity_type: 'BUSINESS', alert_info: { alert_severity: 'CRITICAL', alert_type: 'OBA_REJECTED' } }, [{ kind: 'alert', type: 'OBA_REJECTED', severity: 'CRITICAL' }]],
  ])('reads %s %j', (field, value, changes) => {
    expect(changesOf(field, value)).toEqual(changes);
  });

  it.each([
    ['phone_number_quality_update', { event: 'FLAGGED' }],
    ['phone_number_name_update', { decision: 'APPROVED' }],
    ['account_update', { event: 'ACCOUNT_RESTRICTION', restriction_info: [7] }],
    ['business_username_update', { username: 'trattoria', status: 'approved' }],
    ['account_update', { event: 'AN_EVENT_OF_TOMORROW' }],
    ['account_update', { event: 7, ban_info: 'x' }],
    ['business_capability_update', { max_daily_conversations_per_business: 'many' }],
    ['security', {}],
  ])('changes nothing for %s %j, which names no number or stops nothing', (field, value) => {
    expect(changesOf(field, value)).toEqual([]);
  });

  it('knows the limits by number and by name', () => {
    expect(['250', '1000', '2000', '10000', '100000', '-1', 'TIER_50', '7', null].map(tierOf)).toEqual([
      'TIER_250', 'TIER_1K', 'TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED', 'TIER_50', null, null,
    ]);
  });
});
