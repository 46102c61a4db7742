/** Every state a message can be stored in. RECEIVED is for inbound messages only, all others for outbound ones. */
export const MESSAGE_STATES = [
  'QUEUED',
  'WAITING',
  'DISPATCHED',
  'SENDING',
  'UNKNOWN',
  'ACCEPTED',
  'SENT',
  'DELIVERED',
  'READ',
  'PLAYED',
  'FAILED',
  'CANCELLED',
  'EXPIRED',
  'RECEIVED',
] as const;

export type MessageState = (typeof MESSAGE_STATES)[number];

/** The reason of a FAILED message whose outcome was never learnt. Any status that shows up after all corrects it. */
export const UNCERTAIN = 'uncertain';

/**
 * The one table of transitions of messages. Where two rows look alike the comment says what moves the message.
 * FAILED -> SENT is for FAILED(uncertain) only; `canTransition` takes the reason.
 */
export const MESSAGE_TRANSITIONS: Readonly<Record<MessageState, readonly MessageState[]>> = {
  // The last four of the next three rows come from a late status of an earlier attempt: the new attempt is cancelled.
  QUEUED: ['DISPATCHED', 'WAITING', 'CANCELLED', 'EXPIRED', 'FAILED', 'SENT', 'DELIVERED', 'READ', 'PLAYED'],
  WAITING: ['QUEUED', 'CANCELLED', 'EXPIRED', 'FAILED', 'SENT', 'DELIVERED', 'READ', 'PLAYED'],
  DISPATCHED: ['SENDING', 'QUEUED', 'WAITING', 'FAILED', 'SENT', 'DELIVERED', 'READ', 'PLAYED'],
  SENDING: ['ACCEPTED', 'UNKNOWN', 'WAITING', 'FAILED', 'SENT', 'DELIVERED', 'READ', 'PLAYED'],
  UNKNOWN: ['ACCEPTED', 'WAITING', 'FAILED', 'SENT', 'DELIVERED', 'READ', 'PLAYED'],
  ACCEPTED: ['SENT', 'DELIVERED', 'READ', 'PLAYED', 'FAILED'],
  SENT: ['DELIVERED', 'READ', 'PLAYED', 'FAILED'],
  DELIVERED: ['READ', 'PLAYED'],
  READ: ['PLAYED'],
  PLAYED: [],
  // QUEUED by redrive. Proof of delivery beats a report of failure, whichever comes first (message-status.ts).
  FAILED: ['QUEUED', 'SENT', 'DELIVERED', 'READ', 'PLAYED'],
  CANCELLED: [],
  EXPIRED: [],
  RECEIVED: [],
};

/** Whether a message may go from one state to another; `reason` is the one stored with FAILED. */
export function canTransition(from: MessageState, to: MessageState, reason: string | null = null): boolean {
  if (from === 'FAILED' && to === 'SENT') return reason === UNCERTAIN;
  return MESSAGE_TRANSITIONS[from].includes(to);
}

/** The states that tenants see. */
export const PUBLIC_STATUSES = [
  'QUEUED',
  'SENDING',
  'ACCEPTED',
  'SENT',
  'DELIVERED',
  'READ',
  'PLAYED',
  'FAILED',
  'CANCELLED',
  'EXPIRED',
  'RECEIVED',
] as const satisfies readonly MessageState[];

export type PublicStatus = (typeof PUBLIC_STATUSES)[number];

/** What tenants see of a state: what waits is queued, what is not known is still being sent; the reason says more. */
export function publicStatus(state: MessageState): PublicStatus {
  if (state === 'WAITING' || state === 'DISPATCHED') return 'QUEUED';
  return state === 'UNKNOWN' ? 'SENDING' : state;
}

/** Why a message waits. `code` is what tenants read as the reason of QUEUED, `text` says it in words. */
export const WAIT_CAUSES = {
  schedule: { code: 'SCHEDULED', text: 'It is to be sent later.' },
  retry: { code: 'RETRY', text: 'An attempt failed; the next one comes at the time shown.' },
  pair: { code: 'EARLIER_MESSAGE', text: 'An earlier message to the same recipient is still on its way.' },
  throughput: { code: 'THROUGHPUT', text: 'The number sends as fast as it may.' },
  pause: { code: 'NUMBER_PAUSED', text: 'The number is paused; its reason says why.' },
  credential: { code: 'CREDENTIAL_INVALID', text: 'The access token of the number is missing or not accepted.' },
  account: { code: 'ACCOUNT_PAUSED', text: 'Meta holds the WhatsApp Business account.' },
  template: { code: 'TEMPLATE_PAUSED', text: 'The template is paused, or Meta is reviewing it again.' },
  quota: { code: 'QUOTA_EXCEEDED', text: 'The quota of the organisation is used up until the time shown.' },
  tier: { code: 'TIER_EXCEEDED', text: "The number's limit of new recipients in 24 hours is used up." },
  breaker: { code: 'BREAKER_OPEN', text: 'WhatsApp failed for this number again and again; it is tried again at the time shown.' },
  throttle: { code: 'THROTTLED', text: 'WhatsApp asked us to slow down.' },
  campaign: { code: 'CAMPAIGN_PAUSED', text: 'Its campaign is paused.' },
  module: { code: 'MODULE_DISABLED', text: 'WhatsApp is switched off for the organisation.' },
} as const satisfies Record<string, { code: string; text: string }>;

export type WaitCause = keyof typeof WAIT_CAUSES;

/** The reason a tenant reads beside the status, or null where the status says all. */
export function publicReason(state: MessageState, waitCause: WaitCause | null): { code: string; text: string } | null {
  if (state === 'UNKNOWN') {
    return { code: 'OUTCOME_UNKNOWN', text: 'WhatsApp did not answer; a status will tell whether the message left.' };
  }
  return state === 'WAITING' && waitCause ? WAIT_CAUSES[waitCause] : null;
}

/** Kinds of content, of both directions. What Meta may add later is stored as `unsupported`. */
export const MESSAGE_KINDS = [
  'text',
  'template',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'reaction',
  'interactive',
  'button',
  'order',
  'system',
  'edit',
  'revoke',
  'unsupported',
] as const;

export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Who wrote a message. */
export const MESSAGE_SENDERS = ['customer', 'app', 'staff', 'ai', 'system'] as const;

export type MessageSender = (typeof MESSAGE_SENDERS)[number];

/** The closed set of the metric label `type`. */
export const MESSAGE_TYPES = ['text', 'template', 'media', 'interactive', 'other'] as const;

export type MessageType = (typeof MESSAGE_TYPES)[number];

const TYPE_OF_KIND: Readonly<Partial<Record<MessageKind, MessageType>>> = {
  text: 'text',
  template: 'template',
  image: 'media',
  video: 'media',
  audio: 'media',
  document: 'media',
  sticker: 'media',
  interactive: 'interactive',
  button: 'interactive',
};

/** The metric label of a kind. */
export function messageType(kind: MessageKind): MessageType {
  return TYPE_OF_KIND[kind] ?? 'other';
}
