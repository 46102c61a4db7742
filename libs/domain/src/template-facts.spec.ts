import fc from 'fast-check';
import { assertEditable, withEdit } from './template-edits.js';
import { ANSWER_HINDSIGHT_MS, answeredAt, canonicalComponents, mergeFacts, type TemplateFacts } from './template-facts.js';
import { TEMPLATE_STATUSES } from './template.js';

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 1) + second * 1_000);
const silent: TemplateFacts = { metaId: '1', name: 'order', language: 'en_US', status: null, category: null, quality: null, components: null };

describe('what Meta says of a template', () => {
  it('comes to the same in every order', () => {
    const time = fc.nat(5).map(at);
    const status = fc.record({ at: time, value: fc.constantFrom(...TEMPLATE_STATUSES), reason: fc.constant(null) });
    // Two of one part in the same second are told apart for states only.
    const facts = fc.uniqueArray(
      fc.oneof(
        status.map((one) => ({ key: `s${one.at.getTime()}${one.value}`, facts: { ...silent, status: one } })),
        fc.record({ at: time, value: fc.constantFrom('GREEN', 'RED') }).map((one) => ({ key: `q${one.at.getTime()}`, facts: { ...silent, quality: one } })),
      ),
      { selector: ({ key }) => key, maxLength: 6 },
    );
    fc.assert(
      fc.property(facts, fc.infiniteStream(fc.nat()), (given, places) => {
        const shuffled = given.map((one) => [places.next().value as number, one] as const).sort(([one], [other]) => one - other).map(([, one]) => one);
        expect(mergeFacts(shuffled.map((one) => one.facts))).toEqual(mergeFacts(given.map((one) => one.facts)));
      }),
    );
  });

  it('keeps templates apart, and one of another id of the same name', () => {
    expect(mergeFacts([silent, { ...silent, language: 'ro' }, { ...silent, metaId: '2' }, silent])).toHaveLength(3);
  });

  it('counts an answer after what was known and before any webhook that follows', () => {
    const now = new Date(at(100).getTime() + 600);
    expect(answeredAt(now, null)).toEqual(new Date(now.getTime() - ANSWER_HINDSIGHT_MS));
    expect(answeredAt(now, at(10))).toEqual(new Date(now.getTime() - ANSWER_HINDSIGHT_MS));
    // Known for two seconds: later by the least that there is.
    expect(answeredAt(now, at(98))).toEqual(new Date(at(98).getTime() + 1));
    // Known in this very second: a webhook of it must still count, and carries the same time.
    expect(answeredAt(now, at(100))).toEqual(at(100));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 200 }), (ms, second) => {
        const moment = new Date(at(0).getTime() + ms);
        const known = at(Math.min(second, Math.floor(ms / 1_000)));
        const followsAt = Math.floor(ms / 1_000) * 1_000 + at(0).getTime();
        expect(answeredAt(moment, known).getTime()).toBeLessThanOrEqual(Math.max(followsAt, known.getTime()));
      }),
    );
  });

  it('has one spelling of components, whatever stands for the samples of media', () => {
    const one = [{ format: 'IMAGE', type: 'HEADER', example: { header_handle: ['4::a'], z: 1 } }, { cards: [{ components: [{ type: 'HEADER', example: { header_handle: ['5::b'] } }] }], type: 'CAROUSEL' }];
    const other = [{ type: 'HEADER', example: { z: 1, header_handle: ['https://cdn'] }, format: 'IMAGE' }, { type: 'CAROUSEL', cards: [{ components: [{ example: { header_handle: ['https://cdn2'] }, type: 'HEADER' }] }] }];
    expect(JSON.stringify(canonicalComponents(one))).toBe(JSON.stringify(canonicalComponents(other)));
    expect(JSON.stringify(canonicalComponents(one))).toMatch(/^\[\{"type":"HEADER","example":\{"z":1\},"format"/);
    const ours = [{ type: 'HEADER', format: 'IMAGE', example: { mediaId: 'm1', z: 1 } }, { type: 'CAROUSEL', cards: [{ components: [{ type: 'HEADER', example: { mediaId: 'm2' } }] }] }];
    expect(JSON.stringify(canonicalComponents(ours))).toBe(JSON.stringify(canonicalComponents(other)));
    expect(JSON.stringify(canonicalComponents(one, { withSamples: true }))).toContain('4::a');
    expect(JSON.stringify(canonicalComponents(ours, { withSamples: true }))).toMatch(/m1.*m2/);
  });
});

describe('edits of a template', () => {
  const now = at(0);
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
  const approved = (editedAt: Date[]) => ({ status: 'APPROVED' as const, category: 'UTILITY', editedAt });

  it.each(['DRAFT', 'REJECTED', 'PAUSED'] as const)('of a %s one are possible, with another category', (status) => {
    expect(() => assertEditable({ ...approved([daysAgo(0.1)]), status }, 'MARKETING', now)).not.toThrow();
  });

  it.each(['PENDING', 'DISABLED'] as const)('of a %s one are not', (status) => {
    expect(() => assertEditable({ ...approved([]), status }, 'UTILITY', now)).toThrow('template.state-conflict');
  });

  it('of an approved one keep its category, once a day and ten times a month', () => {
    expect(() => assertEditable(approved([]), 'MARKETING', now)).toThrow('template.invalid');
    expect(() => assertEditable(approved([daysAgo(0.9)]), 'UTILITY', now)).toThrow(new Date(daysAgo(-0.1)).toISOString());
    expect(() => assertEditable(approved([daysAgo(1)]), 'UTILITY', now)).not.toThrow();
    const ten = Array.from({ length: 10 }, (_, place) => daysAgo(2 + place * 2));
    expect(() => assertEditable(approved(ten), 'UTILITY', now)).toThrow(daysAgo(20 - 30).toISOString());
    expect(() => assertEditable(approved(ten.slice(1)), 'UTILITY', now)).not.toThrow();
    expect(withEdit([daysAgo(31), daysAgo(3)], now)).toEqual([daysAgo(3), now]);
  });
});
