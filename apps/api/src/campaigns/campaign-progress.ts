import type { CampaignState, CampaignVariant, RecipientState } from '@parley/domain';
import type { CampaignCountsView, CampaignProgressView } from './campaign-progress.view.js';
import { reasonText } from './campaign.view.js';

/** A row of `campaign_tallies`. */
export interface CampaignTallyRow {
  variant: number;
  state: string;
  reason: string;
  count: number;
}

/** The states that a message has passed when it is in one: each counts for all before it. */
const PASSED = ['ACCEPTED', 'SENT', 'DELIVERED', 'READ'] as const;

/** What has become of a campaign, from its tallies: nobody is counted for it. */
export function campaignProgress(
  campaign: { recipients: number; state: CampaignState; variants: readonly CampaignVariant[] },
  tallies: readonly CampaignTallyRow[],
): CampaignProgressView {
  const left = campaign.recipients - sum(tallies.filter(({ state }) => state !== 'ANSWERED'));
  const counts = countsOf(tallies);
  // Who was never fed is not written to any more: a million rows need not say so each.
  const isOver = campaign.state === 'CANCELLED';
  return {
    total: campaign.recipients,
    waiting: isOver ? 0 : left,
    ...counts,
    cancelled: counts.cancelled + (isOver ? left : 0),
    reasons: reasonsOf(tallies),
    variants: campaign.variants.map(({ name, percent }, at) => ({ name, percent, ...countsOf(tallies.filter(({ variant }) => variant === at)) })),
  };
}

function countsOf(tallies: readonly CampaignTallyRow[]): CampaignCountsView {
  const count = (...states: readonly string[]): number => sum(tallies.filter(({ state }) => states.includes(state)));
  return {
    fed: count('FED'),
    accepted: count(...PASSED),
    sent: count(...PASSED.slice(1)),
    delivered: count(...PASSED.slice(2)),
    read: count('READ'),
    answered: count('ANSWERED'),
    failed: count('FAILED'),
    skipped: count('SKIPPED'),
    cancelled: count('CANCELLED'),
    expired: count('EXPIRED'),
  };
}

function reasonsOf(tallies: readonly CampaignTallyRow[]): CampaignProgressView['reasons'] {
  const counts = new Map<string, { state: RecipientState; code: string; count: number }>();
  for (const { state, reason, count } of tallies) {
    if (reason === '' || count === 0) continue;
    const key = `${state} ${reason}`;
    const known = counts.get(key) ?? { state: state as RecipientState, code: reason, count: 0 };
    counts.set(key, { ...known, count: known.count + count });
  }
  return [...counts.values()].map((one) => ({ ...one, text: reasonText(one.code) })).sort((one, other) => other.count - one.count);
}

const sum = (tallies: readonly CampaignTallyRow[]): number => tallies.reduce((total, { count }) => total + count, 0);
