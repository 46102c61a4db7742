import { WhatsAppError, WhatsAppNetworkError, type AccountNode, type HealthStatusNode, type PhoneNumberNode, type SubscribedApp, type TokenInfo } from '@parley/graph';
import { checkAccount, checkExpiry, checkScopes } from './access-checks.js';
import { checkCallback, checkPause, checkSubscription, checkWebhooks } from './delivery-checks.js';
import { unanswered, worstOf, type Verdict } from './finding.js';
import { checkDisplayName, checkMessagingLimit, checkPayment, checkRegistration, checkSending, checkThroughput } from './number-checks.js';
import type { KnownNumber, NumberQuestions } from './number-questions.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const KNOWN: KnownNumber = {
  holds: [], perSecond: 80, lastWebhookAt: null, accountState: 'ACTIVE', accountStateReason: null, templates: 0, approvedTemplates: 0,
  canary: null, now: NOW,
};

const HOLD = {
  id: 'h', scope: 'number', scopeId: 'n', cause: 'pause', reason: 'Kitchen is closed', actor: 'user:ion', until: new Date(NOW.getTime() + 1_000), beganAt: NOW,
};

interface Answers {
  account?: Partial<AccountNode>;
  number?: Partial<PhoneNumberNode>;
  token?: TokenInfo;
  apps?: readonly SubscribedApp[];
  health?: HealthStatusNode['health_status'];
  known?: Partial<KnownNumber>;
}

/** The one boundary of the checks: what Meta and the database answered. */
function answers({ account = {}, number = {}, token = {}, apps = [], health, known = {} }: Answers): NumberQuestions {
  const ask = {
    account: () => Promise.resolve({ id: '104', ...account }),
    number: () => Promise.resolve({ id: '106', ...number }),
    token: () => Promise.resolve(token),
    apps: () => Promise.resolve(apps),
    health: () => Promise.resolve({ id: '106', health_status: health }),
    known: { ...KNOWN, ...known },
    opened: { wabaId: '104', graphId: '106' },
    ours: { appId: '1001', callbackBase: 'https://parley.example.com/webhooks/whatsapp' },
  };
  return ask as unknown as NumberQuestions;
}

type Check = (ask: NumberQuestions) => Promise<Verdict>;

const blocked = (code: number, description: string): HealthStatusNode['health_status'] => ({
  can_send_message: 'BLOCKED',
  entities: [{ entity_type: 'WABA', id: '104', can_send_message: 'BLOCKED', errors: [{ error_code: code, error_description: description, possible_solution: 'Do this.' }] }],
});

describe('a check', () => {
  const cases: [string, Check, Answers, Verdict['status']][] = [
    ['an approved name', checkDisplayName, { number: { name_status: 'APPROVED' } }, 'ok'],
    ['a name in review', checkDisplayName, { number: { name_status: 'PENDING_REVIEW' } }, 'warn'],
    ['a declined name', checkDisplayName, { number: { name_status: 'DECLINED' } }, 'fail'],
    ['no name', checkDisplayName, { number: { name_status: 'NONE' } }, 'warn'],
    ['a flagged number', checkRegistration, { number: { status: 'FLAGGED' } }, 'warn'],
    ['a state of tomorrow', checkRegistration, { number: { status: 'DREAMING' } }, 'fail'],
    ['a number without throughput', checkThroughput, { number: { throughput: { level: 'NOT_APPLICABLE' } } }, 'warn'],
    ['coexistence', checkThroughput, { number: { is_on_biz_app: true }, known: { perSecond: 20 } }, 'ok'],
    ['a limit that is not told', checkMessagingLimit, {}, 'unknown'],
    ['no limit', checkMessagingLimit, { number: { whatsapp_business_manager_messaging_limit: 'TIER_UNLIMITED' } }, 'ok'],
    ['a payment error by its code', checkPayment, { health: blocked(141_006, 'There is an error.') }, 'fail'],
    ['a payment error by its words', checkPayment, { health: blocked(999, 'No valid payment method.') }, 'fail'],
    ['another error, for the payment', checkPayment, { health: blocked(131_031, 'Account locked.') }, 'ok'],
    ['another error, for sending', checkSending, { health: blocked(131_031, 'Account locked.') }, 'fail'],
    ['a payment error, for sending', checkSending, { health: blocked(141_006, 'There is an error.') }, 'ok'],
    ['limited sending', checkSending, { health: { can_send_message: 'LIMITED', entities: [] } }, 'warn'],
    ['health that is not told', checkSending, {}, 'unknown'],
    ['a token for another account', checkScopes, { token: { scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'], granular_scopes: [{ scope: 'whatsapp_business_messaging', target_ids: ['9'] }] } }, 'fail'],
    ['a token that never ends', checkExpiry, { token: { expires_at: 0 } }, 'ok'],
    ['a token that ended', checkExpiry, { token: { expires_at: 1 } }, 'fail'],
    ["a tenant's own app", checkSubscription, { token: { app_id: '77' }, apps: [{ whatsapp_business_api_data: { id: '77' } }] }, 'ok'],
    ['only another app', checkSubscription, { token: { app_id: '77' }, apps: [{ whatsapp_business_api_data: { id: '78' } }] }, 'fail'],
    ["a tenant's own callback here", checkCallback, { number: { webhook_configuration: { application: 'https://parley.example.com/webhooks/whatsapp/77' } } }, 'ok'],
    ['an override that wins', checkCallback, { number: { webhook_configuration: { phone_number: 'https://x.example.com/', application: 'https://parley.example.com/webhooks/whatsapp' } } }, 'fail'],
    ['a callback that is not told', checkCallback, {}, 'unknown'],
    ['nothing that holds it', checkPause, {}, 'ok'],
    ['throttling', checkPause, { known: { holds: [{ ...HOLD, cause: 'throttle' }] } }, 'warn'],
    ['a pause of their own', checkPause, { known: { holds: [{ ...HOLD, until: null }] } }, 'warn'],
    ['a refused token', checkPause, { known: { holds: [{ ...HOLD, cause: 'credential' }] } }, 'fail'],
    ['a ban', checkPause, { known: { holds: [{ ...HOLD, scope: 'account', cause: 'account' }] } }, 'fail'],
    ['a restriction that is over', checkAccount, { known: { accountState: 'RESTRICTED', accountStateReason: 'account.restricted' } }, 'warn'],
    ['a restriction that lasts', checkAccount, { known: { accountState: 'RESTRICTED', holds: [{ ...HOLD, scope: 'account', cause: 'account' }] } }, 'fail'],
    ['an account in review', checkAccount, { account: { account_review_status: 'PENDING' } }, 'warn'],
    ['an account that is well', checkAccount, { account: { account_review_status: 'APPROVED', name: 'Aria' } }, 'ok'],
    ['a canary that was overtaken by another webhook', checkWebhooks, { known: { canary: { startedAt: new Date(NOW.getTime() - 600_000), seenAt: null }, lastWebhookAt: NOW } }, 'ok'],
  ];

  it.each(cases)('of %s', async (_, check, given, status) => {
    const verdict = await check(answers(given));
    expect(verdict.status).toBe(status);
    // Whoever is told of trouble is told what to do.
    if (status === 'warn' || status === 'fail') expect(verdict.whatToDo).toEqual(expect.any(String));
  });

  it('that got no answer is unknown, with the reason, whatever was thrown', () => {
    const graph = { httpStatus: 400, code: 190, subcode: undefined, title: 'Invalid token', details: 'It has expired', traceId: 'A1', isTransient: false };
    expect(unanswered(new WhatsAppError('Invalid token', 401, { graph }))).toMatchObject({ status: 'unknown', meta: 'Invalid token · It has expired · code 190 · trace A1' });
    expect(unanswered(new WhatsAppNetworkError('WhatsApp gave no answer.', 'timeout'))).toMatchObject({ status: 'unknown', meta: null });
    expect(unanswered(new TypeError('x is undefined'))).toMatchObject({ status: 'unknown', summary: expect.not.stringContaining('undefined') as unknown });
  });

  it('counts by its rank: trouble before doubt before all is well', () => {
    const of = (...statuses: Verdict['status'][]) => worstOf(statuses.map((status) => ({ status, summary: '', meta: null, whatToDo: null })));
    expect([of('ok', 'ok'), of('ok', 'unknown'), of('unknown', 'warn'), of('warn', 'fail', 'ok')]).toEqual(['ok', 'unknown', 'warn', 'fail']);
  });
});
