import type { SettledItem } from './apply-items.js';
import { inboundOf } from './count-inbound.js';

const NOW = Date.parse('2026-11-21T09:00:00Z');

/** As `applyItems` leaves a message: its work keeps the number that it was routed to. */
const message = (numberId: string, secondsAgo: number, outcome: SettledItem['outcome'] = 'applied'): SettledItem => {
  const item = { kind: 'message', path: '/0', content: { at: new Date(NOW - secondsAgo * 1_000) } };
  const number = { id: numberId, graphId: '1', tenantId: 't' };
  return { work: { item, number, eventId: 'e', appTenantId: null, attempts: 0, isNoted: false }, outcome, row: null } as unknown as SettledItem;
};

describe('inboundOf', () => {
  it('counts what came in during the last seconds by the time that Meta gave it, for each number', () => {
    const settled = [message('a', 0), message('a', 3), message('b', 1), message('a', 4)];
    expect(inboundOf(settled, NOW)).toEqual(new Map([['a', 2], ['b', 1]]));
  });

  it('counts copies, refused and failed items of no kind', () => {
    const outcomes = ['duplicate', 'refused', 'unrouted', 'retry', 'dead'] as const;
    expect(inboundOf(outcomes.map((outcome) => message('a', 0, outcome)), NOW).size).toBe(0);
    const status = { ...message('a', 0), work: { ...message('a', 0).work, item: { kind: 'status', path: '/0', content: {} } } } as unknown as SettledItem;
    expect(inboundOf([status], NOW).size).toBe(0);
  });
});
