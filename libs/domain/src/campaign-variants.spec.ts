import fc from 'fast-check';
import { campaignContent, campaignTemplates, checkVariants, chooseLocale, variantAt, type CampaignVariant } from './campaign-variants.js';

const split = (...percents: number[]): { percent: number }[] => percents.map((percent) => ({ percent }));
const variant = (changes: Partial<CampaignVariant> = {}): CampaignVariant => ({
  name: 'A',
  percent: 100,
  defaultLocale: 'en',
  templates: { en: { name: 'menu', language: 'en_US', parameters: { body: [{ field: 'firstName', default: 'friend' }, '20 %'] } }, ro: { name: 'meniu' }, pt_BR: { name: 'cardapio' } },
  ...changes,
});

describe('the split of variants', () => {
  const count = (id: string, variants: { percent: number }[], from: number, to: number): number[] => {
    const counts = variants.map(() => 0);
    for (let position = from; position < to; position += 1) counts[variantAt(id, variants, position)]! += 1;
    return counts;
  };

  it('is exact in every hundred, and the same whenever it is asked for', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 98 }), fc.nat(10_000), (id, a, block) => {
        const b = Math.max(1, Math.floor((100 - a) / 2));
        const variants = split(a, b, 100 - a - b).filter(({ percent }) => percent > 0);
        const counts = count(id, variants, block * 100, block * 100 + 100);
        expect(counts).toEqual(variants.map(({ percent }) => percent));
        expect(count(id, variants, block * 100, block * 100 + 100)).toEqual(counts);
      }),
      { numRuns: 50 },
    );
  });

  it('follows no pattern of the audience: every other recipient gets each variant about as often', () => {
    const variants = split(50, 50);
    let even = 0;
    for (let position = 0; position < 20_000; position += 2) even += variantAt('0199a1b2-0000-7000-8000-000000000001', variants, position);
    expect(Math.abs(even - 5_000)).toBeLessThan(200);
  });

  it('differs between campaigns', () => {
    const picture = (id: string): string => Array.from({ length: 100 }, (_, at) => variantAt(id, split(50, 50), at)).join('');
    expect(picture('one')).not.toBe(picture('other'));
  });
});

describe('the content of a recipient', () => {
  it.each([
    ['', 'en'],
    ['ro', 'ro'],
    ['ro-RO', 'ro'],
    ['pt', 'pt_BR'],
    ['pt_PT', 'pt_BR'],
    ['de', 'en'],
  ])('for the locale %j is that of %s', (asked, locale) => {
    expect(chooseLocale(variant(), asked)).toBe(locale);
  });

  it('is filled with the fields of the recipient, and with what stands in for those that are missing or empty', () => {
    const of = (fields: Record<string, string> | null) => campaignContent(variant(), { locale: '', fields });
    const filled = (name: string) => ({ ok: true, name: 'menu', language: 'en_US', parameters: { body: [name, '20 %'] } });
    expect(of({ firstName: 'Ana' })).toEqual(filled('Ana'));
    expect(of({ firstName: ' ' })).toEqual(filled('friend'));
    expect(of(null)).toEqual(filled('friend'));
    expect(campaignContent(variant(), { locale: 'ro', fields: null })).toEqual({ ok: true, name: 'meniu', language: 'ro', parameters: undefined });
  });

  it('names the fields that are missing, and reads no field that an object merely inherits', () => {
    const strict = variant({ templates: { en: { name: 'menu', parameters: { header: { image: { link: { field: 'photo' } } }, body: [{ field: 'constructor' }] } } } });
    expect(campaignContent(strict, { locale: '', fields: { other: 'x' } })).toEqual({ ok: false, missing: ['photo', 'constructor'] });
  });
});

it('lists every template that may be sent, with its place and a sample of its parameters', () => {
  expect(campaignTemplates([variant()])).toEqual([
    { pointer: '/variants/0/templates/en', name: 'menu', language: 'en_US', sample: { body: ['firstName', '20 %'] } },
    { pointer: '/variants/0/templates/ro', name: 'meniu', language: 'ro', sample: undefined },
    { pointer: '/variants/0/templates/pt_BR', name: 'cardapio', language: 'pt_BR', sample: undefined },
  ]);
});

describe('the check of variants', () => {
  it('finds nothing in good ones', () => {
    expect(checkVariants([variant({ percent: 30 }), variant({ name: 'B', percent: 70 })])).toEqual([]);
  });

  it.each([
    ['percentages', [variant({ percent: 99 })], '/variants'],
    ['names', [variant({ percent: 50 }), variant({ percent: 50 })], '/variants'],
    ['the default', [variant({ defaultLocale: 'fr' })], '/variants/0/defaultLocale'],
    ['no template', [variant({ templates: {} })], '/variants/0/templates'],
    ['a locale', [variant({ templates: { en: { name: 'x' }, 'no locale': { name: 'x' } } })], '/variants/0/templates/no locale'],
    ['a template', [variant({ templates: { en: 'menu' as never } })], '/variants/0/templates/en'],
    ['an unknown member', [variant({ templates: { en: { name: 'x', colour: 'red' } as never } })], '/variants/0/templates/en/colour'],
    ['a reference', [variant({ templates: { en: { name: 'x', parameters: { body: [{ field: 1 }] } } } })], '/variants/0/templates/en/parameters/body/0'],
  ])('points at %s', (_, variants, pointer) => {
    expect(checkVariants(variants).map((fault) => fault.pointer)).toContain(pointer);
  });
});
