import { judgeRedrive, REASONS_OF_CAUSE, REDRIVE_CAUSES, type RedriveFacts } from './dead-letter.js';
import { UNCERTAIN } from './message.js';
import { explainReason } from './timeline-explanations.js';

const FACTS: RedriveFacts = {
  isDead: true,
  state: 'FAILED',
  reason: 'network.unreachable',
  purpose: 'utility',
  consent: 'GRANTED',
  templateRefusal: null,
  isTemplateHeld: false,
  needsWindow: false,
  isWindowOpen: false,
  heldFor: null,
};

describe('judgeRedrive', () => {
  it.each([
    ['passes', {}, 'goes-out', null],
    ['is no dead letter', { isDead: false }, 'not-dead', null],
    ['expired', { state: 'EXPIRED' }, 'expired', null],
    ['may have arrived', { reason: UNCERTAIN }, 'uncertain', null],
    ['lost its consent', { consent: 'REVOKED' }, 'fails', 'consent.revoked'],
    ['has no consent', { consent: null }, 'fails', 'consent.missing'],
    ['answers a customer, whose message is the consent', { consent: null, purpose: 'service' }, 'goes-out', null],
    ['lost its template', { templateRefusal: 'template.disabled' }, 'fails', 'template.disabled'],
    ['has a paused template', { templateRefusal: 'template.not-approved', isTemplateHeld: true }, 'waits', 'template'],
    ['missed the window', { needsWindow: true }, 'fails', 'window.closed'],
    ['is inside the window', { needsWindow: true, isWindowOpen: true }, 'goes-out', null],
    ['has a held number', { heldFor: 'credential' }, 'waits', 'credential'],
  ] as const)('of one that %s', (_, facts, verdict, reason) => {
    expect(judgeRedrive({ ...FACTS, ...facts }, { allowDuplicate: false })).toEqual({ verdict, reason });
  });

  it('lets a doubtful one pass only where a duplicate was allowed', () => {
    expect(judgeRedrive({ ...FACTS, reason: UNCERTAIN }, { allowDuplicate: true })).toEqual({ verdict: 'goes-out', reason: null });
  });
});

describe('the causes of automatic redrive', () => {
  it('name reasons that are explained, and never the doubtful one', () => {
    for (const cause of REDRIVE_CAUSES) {
      expect([cause, REASONS_OF_CAUSE[cause].length > 0]).toEqual([cause, true]);
      expect(REASONS_OF_CAUSE[cause]).not.toContain(UNCERTAIN);
      for (const reason of REASONS_OF_CAUSE[cause]) expect([reason, explainReason(reason) !== null]).toEqual([reason, true]);
    }
  });

  it('leave out what no passing of time mends', () => {
    const all = REDRIVE_CAUSES.flatMap((cause) => REASONS_OF_CAUSE[cause]);
    for (const reason of ['meta.131026', 'meta.131047', 'meta.131050', 'consent.revoked', 'window.closed']) expect(all).not.toContain(reason);
  });
});
