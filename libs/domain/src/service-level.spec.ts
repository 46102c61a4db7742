import fc from 'fast-check';
import { actionsIn, CONVERSATION_ACTIONS, CONVERSATION_STATES, canMoveConversation, raisePriority } from './conversation.js';
import { askQuestion, awaitsAnswer, escalate, escalationPriority, minutesUntilBreach, settleAnswer, slaStatus, type ServicePromise, type ServiceState } from './service-level.js';
import { checkServiceLevel, DEFAULT_SERVICE_LEVEL } from './settings/service-level-settings.js';

const promise: ServicePromise = { level: DEFAULT_SERVICE_LEVEL, hours: { timeZone: 'UTC', weekly: {}, holidays: [] } };
const noon = new Date('2026-11-24T12:00:00.000Z');
const later = (minutes: number): Date => new Date(noon.getTime() + minutes * 60_000);
const fresh: ServiceState = {
  awaitingSince: null,
  dueSoonAt: null,
  answerDueAt: null,
  answeredAt: null,
  staffAt: null,
  firstResponseAt: null,
  breachedAt: null,
  escalationLevel: 0,
  escalatedAt: null,
  priority: 'NORMAL',
  priorityBefore: null,
};
const asked = askQuestion(fresh, [noon], later(1), promise);

describe('the service level of a question', () => {
  it('begins with the oldest message that nobody answered, by the tenant\'s hours', () => {
    expect(asked).toMatchObject({ awaitingSince: noon, dueSoonAt: later(90), answerDueAt: later(120) });
    expect(askQuestion(asked, [later(5)], later(5), promise)).toBe(asked);
    expect(askQuestion(asked, [later(5), later(-10)], later(5), promise)).toMatchObject({ awaitingSince: later(-10), answerDueAt: later(110) });
    const evenings: ServicePromise = { ...promise, hours: { ...promise.hours, weekly: { wednesday: [{ from: '18:00', to: '22:00' }] } } };
    expect(askQuestion(fresh, [noon], noon, evenings).answerDueAt).toEqual(new Date('2026-11-25T20:00:00.000Z'));
  });

  it('goes from ok over due-soon to breached, and counts down', () => {
    const seen = (minutes: number) => [slaStatus(asked, later(minutes)), minutesUntilBreach(asked, later(minutes)), escalationPriority(asked, later(minutes))];
    expect([0, 89, 90, 120, 121].map(seen)).toEqual([
      ['ok', 120, 'NORMAL'],
      ['ok', 31, 'NORMAL'],
      ['due-soon', 30, 'HIGH'],
      ['due-soon', 0, 'HIGH'],
      ['breached', -1, 'URGENT'],
    ]);
  });

  it('is none where the tenant promises nothing', () => {
    const unpromised = askQuestion(fresh, [noon], noon, { ...promise, level: { ...DEFAULT_SERVICE_LEVEL, answerMinutes: null } });
    expect([awaitsAnswer(unpromised), slaStatus(unpromised, later(999)), minutesUntilBreach(unpromised, noon)]).toEqual([true, 'none', null]);
    expect(slaStatus(fresh, noon)).toBe('none');
  });

  it('ends with the answer, before anybody has noted it', () => {
    const answered = { ...asked, answeredAt: later(30), escalationLevel: 2, priority: 'URGENT' as const, priorityBefore: 'LOW' as const };
    expect([slaStatus(answered, later(500)), minutesUntilBreach(answered, later(31)), escalationPriority(answered, later(500))]).toEqual(['met', null, 'LOW']);
    expect(slaStatus({ ...asked, answeredAt: later(121) }, later(122))).toBe('none');
  });

  it('is escalated before and after its end, each once', () => {
    expect(escalate(asked, later(89))).toBeNull();
    const soon = escalate(asked, later(95))!;
    expect(soon).toMatchObject({ to: 'due-soon', state: { escalationLevel: 1, escalatedAt: later(95), priority: 'HIGH', priorityBefore: 'NORMAL', breachedAt: null } });
    expect(escalate(soon.state, later(119))).toBeNull();
    const over = escalate(soon.state, later(130))!;
    expect(over).toMatchObject({ to: 'breached', state: { escalationLevel: 2, priority: 'URGENT', priorityBefore: 'NORMAL', breachedAt: later(120) } });
    expect(escalate(over.state, later(999))).toBeNull();
    expect(escalate(asked, later(130))).toMatchObject({ to: 'breached', state: { priority: 'URGENT' } });
    expect(escalate({ ...asked, answeredAt: later(100) }, later(130))).toBeNull();
  });

  it('does not raise twice what the monitor has raised, nor again what a person has lowered', () => {
    const raised = { ...asked, escalationLevel: 1, priority: 'HIGH' as const, priorityBefore: 'NORMAL' as const };
    expect([escalationPriority(raised, later(100)), escalationPriority(raised, later(121))]).toEqual(['HIGH', 'URGENT']);
    expect(escalationPriority({ ...raised, priority: 'LOW', priorityBefore: null }, later(100))).toBe('LOW');
  });
});

describe('an answer', () => {
  it('becomes a response once, and the priority falls back', () => {
    const overdue = { ...asked, answeredAt: later(150), staffAt: later(150), escalationLevel: 2, breachedAt: later(120), priority: 'URGENT' as const, priorityBefore: 'NORMAL' as const };
    const settled = settleAnswer(overdue, promise)!;
    expect(settled.response).toEqual({ askedAt: noon, answeredAt: later(150), seconds: 9_000, businessSeconds: 9_000, isFirst: true, inTime: false, byStaff: true });
    expect(settled.state).toMatchObject({ awaitingSince: null, firstResponseAt: later(150), breachedAt: later(120), escalationLevel: 0, priority: 'NORMAL', priorityBefore: null });
    expect([settleAnswer(settled.state, promise), settleAnswer(asked, promise)]).toEqual([null, null]);
    expect([slaStatus(settled.state, later(999)), slaStatus(settleAnswer({ ...asked, answeredAt: later(3) }, promise)!.state, later(999))]).toEqual(['none', 'met']);
    expect(settleAnswer({ ...asked, answeredAt: later(3), firstResponseAt: later(-60) }, promise)!.response).toMatchObject({ isFirst: false, inTime: true, byStaff: false });
  });

  it('is waited for by no message that is older, and by one of its own second', () => {
    const answered: ServiceState = { ...fresh, answeredAt: new Date('2026-11-24T12:00:05.300Z') };
    const at = (second: string) => askQuestion(answered, [new Date(`2026-11-24T12:00:${second}.000Z`)], later(1), promise).awaitingSince?.toISOString();
    expect([at('04'), at('05'), at('06')]).toEqual([undefined, '2026-11-24T12:00:05.301Z', '2026-11-24T12:00:06.000Z']);
    expect(askQuestion({ ...fresh, staffAt: later(5) }, [noon], later(6), promise).awaitingSince).toBeNull();
  });

  it('that comes at once is one, though Meta\'s clock is ahead of ours', () => {
    const ahead = askQuestion(fresh, [later(2)], noon, promise);
    expect(ahead.awaitingSince).toEqual(noon);
    expect(awaitsAnswer({ ...ahead, answeredAt: new Date(noon.getTime() + 400) })).toBe(false);
  });

  it('settles what was asked before it, in whatever order messages come in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 }), fc.integer({ min: 0, max: 300 }), (minutes, answer) => {
        const answered: ServiceState = { ...fresh, answeredAt: new Date(later(answer).getTime() + 500) };
        const end = minutes.reduce((state, minute) => askQuestion(state, [later(minute)], later(400), promise), answered);
        const open = minutes.filter((minute) => minute >= answer);
        expect(awaitsAnswer(end)).toBe(open.length > 0);
        if (open.length > 0) expect(end.awaitingSince!.getTime() - later(Math.min(...open)).getTime()).toBeLessThan(1_000);
      }),
    );
  });
});

describe('conversations', () => {
  it('offer only actions that the table of transitions allows', () => {
    const target = { assign: 'ASSIGNED', resolve: 'RESOLVED', reopen: 'OPEN', archive: 'ARCHIVED' } as const;
    for (const state of CONVERSATION_STATES) {
      for (const action of actionsIn(state)) expect(target[action] === state || canMoveConversation(state, target[action])).toBe(true);
    }
    expect(CONVERSATION_STATES.map(actionsIn)).toEqual([['assign', 'resolve'], ['assign', 'resolve'], ['reopen', 'archive'], []]);
    expect(Object.values(CONVERSATION_ACTIONS).flat()).not.toContain('ARCHIVED');
  });

  it('have no priority above the highest', () => {
    expect([raisePriority('LOW', 1), raisePriority('HIGH', 2), raisePriority('URGENT', 1)]).toEqual(['NORMAL', 'URGENT', 'URGENT']);
  });

  it('are idle before they are closed', () => {
    expect([null, 24, 23].map((autoCloseHours) => checkServiceLevel({ ...DEFAULT_SERVICE_LEVEL, autoCloseHours }).length)).toEqual([0, 0, 1]);
  });
});
