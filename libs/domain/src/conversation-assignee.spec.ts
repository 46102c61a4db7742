import { rankAssignees, type AssigneeFacts } from './conversation-assignee.js';

const user = (userId: string, open: number, answers = 0, day = 1): AssigneeFacts => ({
  userId,
  open,
  answers,
  lastAnswerAt: answers > 0 ? new Date(Date.UTC(2026, 10, day)) : null,
});

const ranked = (...users: AssigneeFacts[]) => rankAssignees(users).map(({ userId, reason }) => `${userId} ${reason}`);

describe('who should take a conversation', () => {
  it('is who has least to do, and rather somebody whom the customer knows', () => {
    expect(ranked(user('busy', 9), user('free', 1), user('known', 3, 2))).toEqual(['known history', 'free load', 'busy load']);
  });

  it('is not who knows the customer and has far more to do', () => {
    expect(ranked(user('known', 5, 20), user('free', 1))).toEqual(['free load', 'known history']);
  });

  it('is, of two with the same to do, who answered last', () => {
    expect(ranked(user('a', 2, 1, 3), user('b', 2, 1, 9), user('d', 4), user('c', 4))).toEqual(['b history', 'a history', 'c load', 'd load']);
  });
});
