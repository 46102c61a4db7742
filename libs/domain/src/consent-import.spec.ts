import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';
import { CONSENT_ROW_FAULTS, readImportedConsent } from './consent-import.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const ROW = { phone: '+40 723 000 111', purpose: 'utility', status: 'granted', at: '2026-03-01', source: 'form', evidence: '', numberId: '' };
const read = (changes: object, country?: string) => readImportedConsent({ ...ROW, ...changes }, NOW, country);

describe('a row of an import', () => {
  it('says who decided what, when and where', () => {
    expect(read({})).toEqual({ phone: '+40723000111', purposes: ['utility'], status: 'GRANTED', at: new Date('2026-03-01T00:00:00Z'), source: 'form', evidence: null, numberId: null });
    const number = '0199A1B2-0000-7000-8000-000000000004';
    expect(read({ phone: '0723 000 111', purpose: 'Utility | marketing,utility', at: '2026-03-01T18:30:00+02:00', evidence: 'B-1', numberId: number }, 'ro')).toMatchObject({
      phone: '+40723000111', purposes: ['utility', 'marketing'], at: new Date('2026-03-01T16:30:00Z'), evidence: 'B-1', numberId: number.toLowerCase(),
    });
  });

  it.each([
    ['phone.invalid', { phone: '0723000111' }],
    ['phone.invalid', { phone: undefined }],
    ['purpose.invalid', { purpose: 'utility|news' }],
    ['purpose.invalid', { purpose: undefined }],
    ['status.invalid', { status: 'YES' }],
    ['at.invalid', { at: '2026-02-30' }],
    ['at.invalid', { at: '01.03.2026' }],
    ['at.invalid', { at: '2026-03-01T18:30:00' }],
    ['at.future', { at: '2026-11-21T12:00:01Z' }],
    ['source.invalid', { source: '' }],
    ['source.invalid', { source: 's'.repeat(65) }],
    ['evidence.invalid', { evidence: 'e'.repeat(2_001) }],
    ['number.not-found', { numberId: '12' }],
    ['text.invalid-character', { evidence: 'a\u0000b' }],
    ['field.unknown', { consent: 'yes' }],
    ['row.invalid', { phone: 40723000111 }],
  ] as const)('%s: %j', (fault, changes) => {
    expect(read(changes)).toBe(fault);
    expect(CONSENT_ROW_FAULTS[fault]).toMatch(/\.$/);
  });

  it('is no row where it is no object', () => {
    for (const row of [null, 'x', 4, [ROW]]) expect(readImportedConsent(row, NOW)).toBe('row.invalid');
  });

  it('never throws, whatever comes', () => {
    const anything = fc.dictionary(fc.constantFrom(...Object.keys(ROW)), fc.oneof(fc.string({ unit: 'binary' }), fc.constant('utility'), fc.integer()));
    fc.assert(fc.property(anything, (row) => ['string', 'object'].includes(typeof readImportedConsent(row, NOW))));
  });
});

describe('canonical JSON', () => {
  it('is one text for one value, whatever the order of its members', () => {
    expect(canonicalJson({ b: [1, { z: null, a: 'ș"' }], a: true, gone: undefined })).toBe('{"a":true,"b":[1,{"a":"ș\\"","z":null}]}');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
