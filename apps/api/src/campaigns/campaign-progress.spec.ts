import { campaignProgress, type CampaignTallyRow } from './campaign-progress.js';

const variants = [
  { name: 'A', percent: 50, defaultLocale: 'en', templates: {} },
  { name: 'B', percent: 50, defaultLocale: 'en', templates: {} },
];
const tally = (variant: number, state: string, count: number, reason = ''): CampaignTallyRow => ({ variant, state, reason, count });
const TALLIES = [
  tally(0, 'FED', 5),
  tally(0, 'ACCEPTED', 1),
  tally(0, 'DELIVERED', 10),
  tally(0, 'READ', 4),
  tally(0, 'ANSWERED', 2),
  tally(0, 'FAILED', 1, 'consent.revoked'),
  tally(0, 'FAILED', 0, 'window.closed'),
  tally(1, 'READ', 6),
  tally(1, 'SKIPPED', 3, 'consent.missing'),
  tally(0, 'SKIPPED', 2, 'consent.missing'),
];

describe('the progress of a campaign', () => {
  it('counts who came further for every step before, and who is in no tally as waiting', () => {
    const progress = campaignProgress({ recipients: 100, state: 'RUNNING', variants }, TALLIES);
    expect(progress).toMatchObject({ total: 100, waiting: 68, fed: 5, accepted: 21, sent: 20, delivered: 20, read: 10, answered: 2, failed: 1, skipped: 5, cancelled: 0 });
    expect(progress.variants).toMatchObject([
      { name: 'A', accepted: 15, delivered: 14, read: 4, answered: 2, failed: 1, skipped: 2 },
      { name: 'B', accepted: 6, delivered: 6, read: 6, answered: 0, failed: 0, skipped: 3 },
    ]);
  });

  it('names the reasons over all variants, most first, and none that nobody has', () => {
    expect(campaignProgress({ recipients: 100, state: 'RUNNING', variants }, TALLIES).reasons).toEqual([
      { state: 'SKIPPED', code: 'consent.missing', text: 'The recipient has not agreed to this kind of message', count: 5 },
      { state: 'FAILED', code: 'consent.revoked', text: 'The recipient has withdrawn consent to this kind of message', count: 1 },
    ]);
  });

  it('takes who waited in a cancelled campaign for cancelled', () => {
    const progress = campaignProgress({ recipients: 100, state: 'CANCELLED', variants }, [...TALLIES, tally(0, 'CANCELLED', 8, 'campaign.cancelled')]);
    expect(progress).toMatchObject({ waiting: 0, cancelled: 68 });
  });
});
