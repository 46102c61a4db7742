export const CONVERSATION_STATES = ['OPEN', 'ASSIGNED', 'RESOLVED', 'ARCHIVED'] as const;

export type ConversationState = (typeof CONVERSATION_STATES)[number];

/** Where a conversation can go. ARCHIVED is the end: a customer who writes later opens a new conversation. */
export const CONVERSATION_TRANSITIONS: Readonly<Record<ConversationState, readonly ConversationState[]>> = {
  OPEN: ['ASSIGNED', 'RESOLVED'],
  ASSIGNED: ['OPEN', 'RESOLVED'],
  RESOLVED: ['OPEN', 'ASSIGNED', 'ARCHIVED'],
  ARCHIVED: [],
};

export function canMoveConversation(from: ConversationState, to: ConversationState): boolean {
  return CONVERSATION_TRANSITIONS[from].includes(to);
}

/**
 * The state after an inbound message: a resolved conversation goes back to its agent, or to all where it has none. Null
 * for an archived one, which is not reopened: the message opens a new conversation.
 */
export function reopenOnInbound(state: ConversationState, hasAssignee: boolean): ConversationState | null {
  if (state === 'ARCHIVED') return null;
  if (state === 'RESOLVED') return hasAssignee ? 'ASSIGNED' : 'OPEN';
  return state;
}
