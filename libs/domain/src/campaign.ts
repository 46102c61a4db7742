/** States of a campaign. RUNNING: recipients are fed into the queue of its number. DONE: all of them left or ended. */
export const CAMPAIGN_STATES = ['DRAFT', 'SCHEDULED', 'RUNNING', 'PAUSED', 'DONE', 'CANCELLED'] as const;

export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** The one table of transitions of campaigns. Only a DRAFT takes recipients or changes. */
export const CAMPAIGN_TRANSITIONS: Readonly<Record<CampaignState, readonly CampaignState[]>> = {
  DRAFT: ['SCHEDULED', 'RUNNING', 'CANCELLED'],
  SCHEDULED: ['RUNNING', 'PAUSED', 'CANCELLED'],
  RUNNING: ['PAUSED', 'DONE', 'CANCELLED'],
  // Back to where it was: its time may not have come yet.
  PAUSED: ['SCHEDULED', 'RUNNING', 'CANCELLED'],
  DONE: [],
  CANCELLED: [],
};

/** What a caller may ask of a campaign. */
export const CAMPAIGN_ACTIONS = ['start', 'pause', 'resume', 'cancel'] as const;

export type CampaignAction = (typeof CAMPAIGN_ACTIONS)[number];

interface ActionRule {
  /** From these it moves. */
  readonly from: readonly CampaignState[];
  /** In these the action has had its effect: to ask again changes nothing. */
  readonly done: readonly CampaignState[];
}

const RULES: Readonly<Record<CampaignAction, ActionRule>> = {
  start: { from: ['DRAFT'], done: ['SCHEDULED', 'RUNNING', 'DONE'] },
  pause: { from: ['SCHEDULED', 'RUNNING'], done: ['PAUSED'] },
  resume: { from: ['PAUSED'], done: ['SCHEDULED', 'RUNNING', 'DONE'] },
  cancel: { from: ['DRAFT', 'SCHEDULED', 'RUNNING', 'PAUSED'], done: ['CANCELLED'] },
};

/** What an action means in a state: it moves the campaign, has had its effect before, or is not possible. */
export function campaignActionIn(action: CampaignAction, state: CampaignState): 'move' | 'done' | 'refused' {
  const { from, done } = RULES[action];
  if (from.includes(state)) return 'move';
  return done.includes(state) ? 'done' : 'refused';
}

/** The states from which an action moves a campaign. */
export function campaignStatesBefore(action: CampaignAction): readonly CampaignState[] {
  return RULES[action].from;
}

/** Whether a campaign may go from one state to another. */
export function canCampaignGo(from: CampaignState, to: CampaignState): boolean {
  return CAMPAIGN_TRANSITIONS[from].includes(to);
}

/**
 * States of a recipient. WAITING: not fed yet. FED: its message is accepted by us and on its way. SKIPPED: it was refused,
 * or is no longer wanted, before there was a message. The rest is what became of the message.
 */
export const RECIPIENT_STATES = [
  'WAITING',
  'FED',
  'SKIPPED',
  'ACCEPTED',
  'SENT',
  'DELIVERED',
  'READ',
  'FAILED',
  'CANCELLED',
  'EXPIRED',
] as const;

export type RecipientState = (typeof RECIPIENT_STATES)[number];

/** Why a campaign is PAUSED by a person. Every other reason is a code of ours: what stands in the way of all of it. */
export const PAUSED_BY_REQUEST = 'campaign.paused';

/** Refusals that are about the campaign as a whole: they would refuse everybody else as well. */
const STOPPING: ReadonlySet<string> = new Set([
  'module.disabled',
  'number.not-found',
  'number.not-sendable',
  'template.not-found',
  'template.not-approved',
]);

/** Whether a refusal of one message stands in the way of the whole campaign. */
export function stopsCampaign(code: string): boolean {
  return STOPPING.has(code);
}

/** What a campaign may have waiting in the queue of its number: two minutes of the number's rate, at most 5,000. */
export function feedBound(perSecond: number): number {
  return Math.min(MOST_QUEUED, perSecond * FEED_SECONDS);
}

const MOST_QUEUED = 5_000;
const FEED_SECONDS = 120;
