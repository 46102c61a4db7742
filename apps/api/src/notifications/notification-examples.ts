import { NOTIFICATION_TYPES } from '@parley/domain';

/** One event of each kind that everybody has. */
export const NOTIFICATION_EXAMPLES = Object.fromEntries(
  NOTIFICATION_TYPES.map(({ name, about, phoneAt, example }) => [
    name,
    { summary: about, value: { type: name, eventId: `${name}-1042`, ...(!phoneAt && { to: '+40723000111' }), data: example } },
  ]),
);
