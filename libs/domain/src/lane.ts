import type { MessageKind } from './message.js';
import type { TemplateCategory } from './template.js';

/** Lanes in the order in which a number serves them. The figure is what the database stores and sorts by. */
export const LANES = { authentication: 0, reply: 1, utility: 2, marketing: 3 } as const;

export type LaneName = keyof typeof LANES;
export type Lane = (typeof LANES)[LaneName];

export interface LaneFacts {
  kind: MessageKind;
  /** Null for anything but a template. */
  templateCategory: TemplateCategory | null;
  windowOpen: boolean;
}

/**
 * The lane of an outbound message. A utility template inside an open window answers the customer, so it stays in order
 * with the other answers; authentication is always first and marketing always last.
 */
export function laneOf({ kind, templateCategory, windowOpen }: LaneFacts): Lane {
  if (kind !== 'template') return LANES.reply;
  if (templateCategory === 'AUTHENTICATION') return LANES.authentication;
  if (templateCategory === 'UTILITY') return windowOpen ? LANES.reply : LANES.utility;
  return LANES.marketing;
}

/** The name of a stored lane. */
export function laneName(lane: Lane): LaneName {
  return (['authentication', 'reply', 'utility', 'marketing'] as const)[lane];
}
