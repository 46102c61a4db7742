import { rankOf, type Check } from './verdict.js';

/** C6: nothing is left to do, nothing is held, and no live lease was ever taken from its holder. */
export const LEASES: Check = {
  id: 'C6',
  title: 'nothing is left, held or stolen',
  judge({ undone, thefts }) {
    const left = Object.entries(undone).map(([what, count]) => `${count} ${what} left when it should be quiet`);
    const stolen = thefts.map(({ numberId }) => `a live lease of number ${numberId} was taken`);
    return { figures: `${thefts.length} leases stolen`, wrongs: [...left, ...stolen] };
  },
};

/** C7: a status never takes a message back, and what Meta took is never sent again. */
export const MONOTONE: Check = {
  id: 'C7',
  title: 'statuses only go forward',
  judge({ transitions }) {
    const back = transitions.filter(({ before, after, reason }) => {
      const isDoubtful = reason !== null && /unknown|uncertain/.test(reason);
      // Meta may refuse what it took (F10): the phone that has it proves the refusal wrong, and nothing else does.
      if (before === 'FAILED') return !isDoubtful && rankOf(after) < rankOf('DELIVERED');
      if (rankOf(before) === 0) return false;
      return after === 'FAILED' ? rankOf(before) > rankOf('SENT') : rankOf(after) <= rankOf(before);
    });
    return { figures: `${transitions.length} changes`, wrongs: back.map(({ messageId, before, after }) => `${messageId} went from ${before} to ${after}`) };
  },
};

/** C9: an incident is one alert from its beginning to its end, and its beginning is told once. */
export const ALERTS: Check = {
  id: 'C9',
  title: 'one alert an incident',
  judge({ alerts }) {
    const overlapping = alerts.filter(({ fingerprint, openedAt }, at) => {
      const before = alerts[at - 1];
      return before?.fingerprint === fingerprint && (before.resolvedAt === null || before.resolvedAt > openedAt);
    });
    const repeated = alerts.filter(({ tellings }) => tellings > 1);
    return {
      figures: `${alerts.length} alerts`,
      wrongs: [
        ...overlapping.map(({ fingerprint }) => `${fingerprint} was opened while it was open`),
        ...repeated.map(({ fingerprint, tellings }) => `the opening of ${fingerprint} was told ${tellings} times`),
      ],
    };
  },
};
