/**
 * SQL: whether a message answers a customer. What a person wrote does, whatever it is; what an app or a model wrote does as a session
 * message: a template (an order's notice, a campaign) answers nobody, nor does an automatic receipt (`system`).
 */
export const answers = (message: string): string => `(${message}.sender = 'staff' OR (${message}.sender IN ('app', 'ai') AND ${message}.template_id IS NULL))`;

/**
 * SQL: the `answered_at` of a conversation (alias c) after an answer at this moment; null leaves it. While an answered question is not
 * settled yet, its first answer stays: that is what the response is measured by.
 */
export const answeredAt = (moment: string): string => `CASE WHEN c.answered_at > c.awaiting_since THEN c.answered_at ELSE greatest(c.answered_at, ${moment}) END`;
