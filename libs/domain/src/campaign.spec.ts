import {
  CAMPAIGN_ACTIONS,
  CAMPAIGN_STATES,
  CAMPAIGN_TRANSITIONS,
  campaignActionIn,
  campaignStatesBefore,
  canCampaignGo,
  feedBound,
  stopsCampaign,
} from './campaign.js';
import { isErrorCode } from './errors.js';

describe('the transitions of campaigns', () => {
  it('end in DONE and CANCELLED, and never lead back to DRAFT', () => {
    expect(CAMPAIGN_STATES.filter((state) => CAMPAIGN_TRANSITIONS[state].length === 0)).toEqual(['DONE', 'CANCELLED']);
    expect(CAMPAIGN_STATES.some((state) => canCampaignGo(state, 'DRAFT'))).toBe(false);
  });

  it.each([
    ['start', ['SCHEDULED', 'RUNNING']],
    ['pause', ['PAUSED']],
    ['resume', ['SCHEDULED', 'RUNNING']],
    ['cancel', ['CANCELLED']],
  ] as const)('let %s move only where the table does', (action, targets) => {
    for (const from of campaignStatesBefore(action)) {
      for (const to of targets) expect([action, from, to, canCampaignGo(from, to)]).toEqual([action, from, to, true]);
    }
  });

  it('answer an action again as the first time, and refuse what can no longer be', () => {
    for (const action of CAMPAIGN_ACTIONS) expect(campaignActionIn(action, campaignStatesBefore(action)[0]!)).toBe('move');
    expect(campaignActionIn('pause', 'PAUSED')).toBe('done');
    expect(campaignActionIn('start', 'RUNNING')).toBe('done');
    expect(campaignActionIn('cancel', 'CANCELLED')).toBe('done');
    for (const action of ['start', 'pause', 'resume'] as const) expect(campaignActionIn(action, 'CANCELLED')).toBe('refused');
    expect(campaignActionIn('cancel', 'DONE')).toBe('refused');
    expect(campaignActionIn('pause', 'DRAFT')).toBe('refused');
  });
});

it('queues at most two minutes of the rate of a number, and at most 5,000', () => {
  expect([20, 80, 1_000].map(feedBound)).toEqual([2_400, 5_000, 5_000]);
});

it('stops for what is about the whole campaign, not for one person', () => {
  const stopping = ['module.disabled', 'number.not-sendable', 'template.not-approved', 'template.not-found', 'number.not-found'];
  expect(stopping.every((code) => isErrorCode(code) && stopsCampaign(code))).toBe(true);
  expect(['consent.missing', 'consent.revoked', 'template.parameters-invalid', 'phone.invalid'].some(stopsCampaign)).toBe(false);
});
