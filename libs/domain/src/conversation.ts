export const CONVERSATION_STATES = ['OPEN', 'ASSIGNED', 'RESOLVED', 'ARCHIVED'] as const;

export type ConversationState = (typeof CONVERSATION_STATES)[number];

/** Where a conversation can go. ARCHIVED is the end: a customer who writes later opens a new conversation. */
export const CONVERSATION_TRANSITIONS: Readonly<Record<ConversationState, readonly ConversationState[]>> = {
  OPEN: ['ASSIGNED', 'RESOLVED'],
  ASSIGNED: ['OPEN', 'RESOLVED'],
  RESOLVED: ['OPEN', 'ASSIGNED', 'ARCHIVED'],
  ARCHIVED: [],
};

/** What people do with a conversation, and the states in which it can be done. */
export const CONVERSATION_ACTIONS = {
  assign: ['OPEN', 'ASSIGNED'],
  resolve: ['OPEN', 'ASSIGNED'],
  reopen: ['RESOLVED'],
  archive: ['RESOLVED'],
} as const satisfies Readonly<Record<string, readonly ConversationState[]>>;

export type ConversationAction = keyof typeof CONVERSATION_ACTIONS;

/** Least first. */
export const CONVERSATION_PRIORITIES = ['LOW', 'NORMAL', 'HIGH', 'URGENT'] as const;

export type ConversationPriority = (typeof CONVERSATION_PRIORITIES)[number];

/** What stands on the timeline of a conversation, notes and its opening aside. */
export const CONVERSATION_EVENTS = [
  'assigned',
  'unassigned',
  'resolved',
  'reopened',
  'archived',
  'answered',
  'due-soon',
  'breached',
  'idle',
  'changed',
  'handed-over',
] as const;

export type ConversationEvent = (typeof CONVERSATION_EVENTS)[number];

export function canMoveConversation(from: ConversationState, to: ConversationState): boolean {
  return CONVERSATION_TRANSITIONS[from].includes(to);
}

/** The actions that are possible in this state. */
export function actionsIn(state: ConversationState): ConversationAction[] {
  return (Object.keys(CONVERSATION_ACTIONS) as ConversationAction[]).filter((action) =>
    (CONVERSATION_ACTIONS[action] as readonly ConversationState[]).includes(state),
  );
}

/** The priority so many steps higher, or the highest. */
export function raisePriority(priority: ConversationPriority, steps: number): ConversationPriority {
  const at = CONVERSATION_PRIORITIES.indexOf(priority) + steps;
  return CONVERSATION_PRIORITIES[Math.min(at, CONVERSATION_PRIORITIES.length - 1)]!;
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
