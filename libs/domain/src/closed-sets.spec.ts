import fc from 'fast-check';
import { CONSENT_PURPOSES, CONSENT_STATUSES, consentVerdict, purposeOf, type ConsentRecord } from './consent.js';
import { canMoveConversation, CONVERSATION_STATES, reopenOnInbound } from './conversation.js';
import { EVENTS } from './events.js';
import { laneName, laneOf, LANES } from './lane.js';
import { MESSAGE_KINDS } from './message.js';
import { isScope, ROLE_SCOPES, SCOPES } from './scopes.js';

describe('consentVerdict', () => {
  const records = fc.array(
    fc.record({ purpose: fc.constantFrom(...CONSENT_PURPOSES), status: fc.constantFrom(...CONSENT_STATUSES) }),
  );

  it('never lets a message pass against a refusal, nor without a grant', () => {
    fc.assert(
      fc.property(records, fc.constantFrom(...CONSENT_PURPOSES), fc.boolean(), (known, purpose, windowOpen) => {
        const own = known.filter((record) => record.purpose === purpose).map(({ status }) => status);
        const verdict = consentVerdict(known, purpose, { windowOpen });
        const refused = own.includes('REVOKED') || own.includes('DENIED');
        const granted = own.includes('GRANTED') || (purpose === 'service' && windowOpen);
        expect(verdict.ok).toBe(!refused && granted);
      }),
    );
  });

  it('says why not, and on what a grant rests', () => {
    const verdict = (status: 'GRANTED' | 'DENIED' | 'REVOKED') =>
      consentVerdict([{ purpose: 'service', status }], 'service', { windowOpen: true });
    expect(verdict('REVOKED')).toEqual({ ok: false, code: 'consent.revoked' });
    expect(verdict('DENIED')).toEqual({ ok: false, code: 'consent.denied' });
    expect(verdict('GRANTED')).toEqual({ ok: true, proof: 'record' });
    expect(consentVerdict([], 'service', { windowOpen: true })).toEqual({ ok: true, proof: 'window' });
    expect(consentVerdict([], 'marketing', { windowOpen: true })).toEqual({ ok: false, code: 'consent.missing' });
  });

  it('answers a customer who wrote after taking back service, and nothing else', () => {
    const at = (second: number): Date => new Date(Date.UTC(2026, 10, 21, 10, 0, second));
    const revoked = { purpose: 'service', status: 'REVOKED', decidedAt: at(10) } as const;
    const verdict = (lastInboundAt: Date | null, windowOpen = true, ...others: ConsentRecord[]) => consentVerdict([revoked, ...others], 'service', { windowOpen, lastInboundAt });
    expect(verdict(at(11))).toEqual({ ok: true, proof: 'window' });
    // The STOP itself is no later message, nor is one of the same second.
    for (const lastInboundAt of [at(10), at(9), null]) expect(verdict(lastInboundAt)).toEqual({ ok: false, code: 'consent.revoked' });
    expect(verdict(at(11), false)).toEqual({ ok: false, code: 'consent.missing' });
    // A refusal that the tenant recorded is not lifted by writing, nor is the number's own lifted by a grant for all.
    expect(verdict(at(11), true, { purpose: 'service', status: 'DENIED', decidedAt: at(1) })).toEqual({ ok: false, code: 'consent.denied' });
    expect(verdict(at(9), true, { purpose: 'service', status: 'GRANTED', decidedAt: at(20) })).toEqual({ ok: false, code: 'consent.revoked' });
    const marketing = { purpose: 'marketing', status: 'REVOKED', decidedAt: at(10) } as const;
    expect(consentVerdict([marketing], 'marketing', { windowOpen: true, lastInboundAt: at(11) })).toEqual({ ok: false, code: 'consent.revoked' });
  });

  it('gives every use its purpose', () => {
    expect((['session', 'UTILITY', 'AUTHENTICATION', 'MARKETING'] as const).map(purposeOf)).toEqual([
      ...CONSENT_PURPOSES,
    ]);
  });
});

describe('lanes', () => {
  const lane = (templateCategory: 'AUTHENTICATION' | 'UTILITY' | 'MARKETING' | null, windowOpen: boolean) =>
    laneName(laneOf({ kind: templateCategory ? 'template' : 'text', templateCategory, windowOpen }));

  it('puts codes first, answers before business, marketing last', () => {
    expect([lane('AUTHENTICATION', true), lane('AUTHENTICATION', false)]).toEqual(['authentication', 'authentication']);
    expect([lane(null, true), lane('UTILITY', true), lane('UTILITY', false)]).toEqual(['reply', 'reply', 'utility']);
    expect([lane('MARKETING', true), lane('MARKETING', false)]).toEqual(['marketing', 'marketing']);
    expect(LANES).toEqual({ authentication: 0, reply: 1, utility: 2, marketing: 3 });
    for (const kind of MESSAGE_KINDS.filter((one) => one !== 'template')) {
      expect(laneOf({ kind, templateCategory: null, windowOpen: true })).toBe(LANES.reply);
    }
  });
});

describe('conversations', () => {
  it('move only along the table', () => {
    const moves = CONVERSATION_STATES.flatMap((from) =>
      CONVERSATION_STATES.filter((to) => canMoveConversation(from, to)).map((to) => `${from}>${to}`),
    );
    expect(moves).toEqual([
      'OPEN>ASSIGNED',
      'OPEN>RESOLVED',
      'ASSIGNED>OPEN',
      'ASSIGNED>RESOLVED',
      'RESOLVED>OPEN',
      'RESOLVED>ASSIGNED',
      'RESOLVED>ARCHIVED',
    ]);
  });

  it('reopen for the agent who had them, and never from the archive', () => {
    expect(reopenOnInbound('RESOLVED', true)).toBe('ASSIGNED');
    expect(reopenOnInbound('RESOLVED', false)).toBe('OPEN');
    expect(reopenOnInbound('ASSIGNED', true)).toBe('ASSIGNED');
    expect(reopenOnInbound('OPEN', false)).toBe('OPEN');
    expect(reopenOnInbound('ARCHIVED', true)).toBeNull();
    for (const state of CONVERSATION_STATES) {
      const next = reopenOnInbound(state, false);
      expect(next === null || next === state || canMoveConversation(state, next)).toBe(true);
    }
  });
});

describe('scopes and events', () => {
  it('give nobody but the platform a right over organisations', () => {
    expect(ROLE_SCOPES.platform).toEqual(SCOPES);
    for (const role of ['admin', 'agent'] as const) {
      expect(ROLE_SCOPES[role].filter((scope) => scope.startsWith('tenants:'))).toEqual([]);
      expect(ROLE_SCOPES[role].every(isScope)).toBe(true);
    }
    expect(ROLE_SCOPES.agent.filter((scope) => /^(keys|users|apps|numbers:write|templates:write)/.test(scope))).toEqual(
      [],
    );
    expect(isScope('messages:delete')).toBe(false);
  });

  it('are named once each, in one form', () => {
    expect(new Set(EVENTS).size).toBe(EVENTS.length);
    for (const name of EVENTS) {
      expect(name).toMatch(/^whatsapp\.(message|conversation|template|number|consent|contact|history)_[a-z_]+$/);
    }
  });
});
