import {
  canTransition,
  MESSAGE_KINDS,
  MESSAGE_STATES,
  type MessageState,
  messageType,
  PUBLIC_STATUSES,
  publicReason,
  publicStatus,
  UNCERTAIN,
  WAIT_CAUSES,
} from './message.js';

const S = ['SENT', 'DELIVERED', 'READ', 'PLAYED'] as const;

/** Written a second time by hand, so that a slip in the table shows. */
const EXPECTED: Record<MessageState, readonly MessageState[]> = {
  QUEUED: ['WAITING', 'DISPATCHED', 'CANCELLED', 'EXPIRED', 'FAILED', ...S],
  WAITING: ['QUEUED', 'CANCELLED', 'EXPIRED', 'FAILED', ...S],
  DISPATCHED: ['SENDING', 'QUEUED', 'WAITING', 'FAILED', ...S],
  SENDING: ['ACCEPTED', 'WAITING', 'UNKNOWN', 'FAILED', ...S],
  UNKNOWN: ['ACCEPTED', 'WAITING', 'FAILED', ...S],
  ACCEPTED: ['FAILED', ...S],
  SENT: ['FAILED', 'DELIVERED', 'READ', 'PLAYED'],
  DELIVERED: ['READ', 'PLAYED'],
  READ: ['PLAYED'],
  PLAYED: [],
  FAILED: ['QUEUED', 'DELIVERED', 'READ', 'PLAYED'],
  CANCELLED: [],
  EXPIRED: [],
  RECEIVED: [],
};

describe('message states', () => {
  it.each(MESSAGE_STATES.flatMap((from) => MESSAGE_STATES.map((to) => [from, to] as const)))(
    'decides %s -> %s as the design says',
    (from, to) => {
      expect(canTransition(from, to)).toBe(EXPECTED[from].includes(to));
    },
  );

  it('lets only an uncertain failure become SENT', () => {
    expect(canTransition('FAILED', 'SENT', UNCERTAIN)).toBe(true);
    expect(canTransition('FAILED', 'SENT', '131026')).toBe(false);
  });

  it('shows tenants only public states, with a reason where the state alone would mislead', () => {
    for (const state of MESSAGE_STATES) expect(PUBLIC_STATUSES).toContain(publicStatus(state));
    expect([publicStatus('WAITING'), publicStatus('DISPATCHED'), publicStatus('UNKNOWN')]).toEqual([
      'QUEUED',
      'QUEUED',
      'SENDING',
    ]);
    expect(publicReason('WAITING', 'quota')?.code).toBe('QUOTA_EXCEEDED');
    expect(publicReason('UNKNOWN', null)?.code).toBe('OUTCOME_UNKNOWN');
    expect(publicReason('SENT', 'quota')).toBeNull();
    const codes = Object.values(WAIT_CAUSES).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('maps every kind to a label of the metric', () => {
    const labels = Object.fromEntries(MESSAGE_KINDS.map((kind) => [kind, messageType(kind)]));
    expect(labels).toMatchObject({
      text: 'text',
      template: 'template',
      sticker: 'media',
      button: 'interactive',
      interactive: 'interactive',
      location: 'other',
      unsupported: 'other',
    });
  });
});
