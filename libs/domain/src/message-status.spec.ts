import fc from 'fast-check';
import { canTransition, MESSAGE_STATES, type MessageState, UNCERTAIN } from './message.js';
import {
  applyStatuses,
  MESSAGE_STATUSES,
  rankOf,
  type StatusReport,
  type StatusState,
  STATUS_COLUMNS,
} from './message-status.js';

const second = (n: number): Date => new Date(1_750_000_000_000 + n * 1000);

function stateOf(state: MessageState, patch: Partial<StatusState> = {}): StatusState {
  return {
    state,
    reason: null,
    sentAt: null,
    deliveredAt: null,
    readAt: null,
    playedAt: null,
    failedAt: null,
    ...patch,
  };
}

const failure = (n: number): StatusReport => ({
  status: 'failed',
  at: second(n),
  error: { code: 131026, title: 'Message undeliverable', details: `at ${n}` },
});

const report = (status: StatusReport['status'], n: number): StatusReport =>
  status === 'failed' ? failure(n) : { status, at: second(n) };

const reports = fc.array(
  fc.tuple(fc.constantFrom(...MESSAGE_STATUSES), fc.integer({ min: 0, max: 9 })).map(([s, n]) => report(s, n)),
  { maxLength: 8 },
);

const currents: fc.Arbitrary<StatusState> = fc
  .tuple(
    fc.constantFrom(...MESSAGE_STATES),
    fc.constantFrom(null, UNCERTAIN, 'consent.revoked'),
    fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
  )
  .map(([state, reason, failed]) =>
    stateOf(state, {
      reason: state === 'FAILED' ? reason : null,
      // FAILED always has its time; other states may keep one from before a redrive.
      failedAt: failed === null ? (state === 'FAILED' ? second(0) : null) : second(failed),
    }),
  );

function fold(current: StatusState, groups: readonly (readonly StatusReport[])[]): StatusState {
  return groups.reduce<StatusState>((before, group) => {
    const { state, reason, sentAt, deliveredAt, readAt, playedAt, failedAt } = applyStatuses(before, group);
    return { state, reason, sentAt, deliveredAt, readAt, playedAt, failedAt };
  }, current);
}

describe('applyStatuses', () => {
  it('ends in one state whatever the order, repetition and batching of the webhooks', () => {
    fc.assert(
      fc.property(currents, reports, fc.infiniteStream(fc.nat()), (current, set, dice) => {
        const roll = dice[Symbol.iterator]();
        const next = (): number => roll.next().value as number;
        const shuffled = [...set, ...set.filter(() => next() % 2 === 0)]
          .map((one) => [next(), one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one);
        const cut = shuffled.length === 0 ? 0 : next() % shuffled.length;
        const together = fold(current, [set]);
        expect(fold(current, [shuffled])).toEqual(together);
        expect(fold(current, [shuffled.slice(0, cut), shuffled.slice(cut)])).toEqual(together);
        expect(
          fold(
            current,
            shuffled.map((one) => [one]),
          ),
        ).toEqual(together);
      }),
      { numRuns: 500 },
    );
  });

  it('never lowers a state and never leaves the table of transitions', () => {
    fc.assert(
      fc.property(currents, reports, (current, set) => {
        const after = applyStatuses(current, set);
        expect(rankOf(after.state, after.reason)).toBeGreaterThanOrEqual(rankOf(current.state, current.reason));
        expect(after.state === current.state || canTransition(current.state, after.state, current.reason)).toBe(true);
      }),
    );
  });

  it('is silent the second time', () => {
    fc.assert(
      fc.property(currents, reports, (current, set) => {
        const again = applyStatuses(applyStatuses(current, set), set);
        expect(again.newly).toEqual([]);
        expect(again.changed).toEqual({});
        expect(again.error).toBeNull();
      }),
    );
  });

  it('reports exactly the columns that differ', () => {
    fc.assert(
      fc.property(currents, reports, (current, set) => {
        const { newly: _newly, error: _error, changed, ...after } = applyStatuses(current, set);
        expect({ ...current, ...changed }).toEqual(after);
        for (const [column, value] of Object.entries(changed)) {
          expect(value).not.toEqual(current[column as keyof StatusState]);
        }
      }),
    );
  });

  it.each(['QUEUED', 'WAITING', 'DISPATCHED', 'SENDING', 'UNKNOWN', 'ACCEPTED', 'SENT'] as const)(
    'takes a message in %s to any status that shows up',
    (state) => {
      expect(applyStatuses(stateOf(state), [report('delivered', 1)])).toMatchObject({
        state: 'DELIVERED',
        newly: ['delivered'],
        changed: { state: 'DELIVERED', deliveredAt: second(1) },
      });
      expect(applyStatuses(stateOf(state), [failure(1)]).state).toBe('FAILED');
    },
  );

  it('keeps each status in its own column and names all that are new, lowest first', () => {
    const after = applyStatuses(stateOf('ACCEPTED'), [report('read', 3), report('sent', 1), report('delivered', 2)]);
    expect(after.newly).toEqual(['sent', 'delivered', 'read']);
    expect(after).toMatchObject({ state: 'READ', sentAt: second(1), deliveredAt: second(2), readAt: second(3) });
    expect(Object.keys(STATUS_COLUMNS)).toEqual([...MESSAGE_STATUSES]);
  });

  it('keeps FAILED against a late sent, and keeps DELIVERED against a late failed', () => {
    const failed = applyStatuses(stateOf('SENT', { sentAt: second(0) }), [failure(1)]);
    expect(failed).toMatchObject({ state: 'FAILED', error: { code: 131026 }, newly: ['failed'] });
    expect(applyStatuses(stateOf('FAILED', { failedAt: second(1) }), [report('sent', 0)])).toMatchObject({
      state: 'FAILED',
      newly: ['sent'],
    });
    const delivered = stateOf('DELIVERED', { deliveredAt: second(1) });
    expect(applyStatuses(delivered, [failure(2)])).toMatchObject({ state: 'DELIVERED', failedAt: second(2) });
  });

  it('lets any status correct FAILED(uncertain) and clears what stood for the doubt', () => {
    const doubt = stateOf('FAILED', { reason: UNCERTAIN, failedAt: second(9) });
    expect(applyStatuses(doubt, [report('sent', 1)]).changed).toEqual({
      state: 'SENT',
      reason: null,
      failedAt: null,
      sentAt: second(1),
    });
    expect(applyStatuses(doubt, [failure(1)])).toMatchObject({ state: 'FAILED', reason: null, failedAt: second(1) });
    expect(applyStatuses(doubt, []).changed).toEqual({});
  });

  it('does not fail a redriven message by a repeated report of the old failure', () => {
    const redriven = stateOf('QUEUED', { failedAt: second(5) });
    expect(applyStatuses(redriven, [failure(5)]).changed).toEqual({});
    expect(applyStatuses({ ...redriven, state: 'ACCEPTED' }, [failure(6)]).state).toBe('FAILED');
  });

  it.each(['CANCELLED', 'EXPIRED'] as const)('keeps %s, but records the times', (state) => {
    expect(applyStatuses(stateOf(state), [report('delivered', 1)])).toMatchObject({
      state,
      changed: { deliveredAt: second(1) },
    });
  });
});
