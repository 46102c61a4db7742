import type { MediaFact } from './media-content.js';
import { sampleFault, templateSamples, withSampleHandles } from './template-samples.js';

const [ONE, TWO, THREE] = [1, 2, 3].map((digit) => `0199a1b2-0000-7000-8000-00000000000${digit}`) as [string, string, string];
const BODY = { type: 'BODY', text: 'Hello' };
const header = (format: string, example: object, type = 'HEADER') => ({ type, format, example });
const carousel = (...cards: unknown[]) => ({ type: 'CAROUSEL', cards });
const card = (...components: unknown[]) => ({ components });

describe('the samples of media headers', () => {
  it('are found in the header and in the cards, each with its place', () => {
    const components = [
      BODY,
      header('image', { mediaId: ONE.toUpperCase() }, 'header'),
      carousel(card(header('VIDEO', { mediaId: TWO }), BODY), card(BODY, header('DOCUMENT', { mediaId: THREE }))),
    ];
    expect(templateSamples(components)).toEqual([
      { id: ONE.toUpperCase(), kind: 'image', pointer: '/components/1/example/mediaId', voice: false },
      { id: TWO, kind: 'video', pointer: '/components/2/cards/0/components/0/example/mediaId', voice: false },
      { id: THREE, kind: 'document', pointer: '/components/2/cards/1/components/1/example/mediaId', voice: false },
    ]);
  });

  it.each([
    ['handles', [header('IMAGE', { header_handle: ['4::a'] })]],
    ['what is no header of media', [header('TEXT', { mediaId: ONE }), { ...BODY, example: { mediaId: ONE } }]],
    ['what has no shape', [null, 1, 'x', { type: 'HEADER' }, header('IMAGE', { mediaId: 1 }), { type: 'HEADER', format: 'IMAGE', example: [] }, carousel(null, { components: null }, 7)]],
  ])('are not seen in %s', (_name, components) => {
    expect(templateSamples(components)).toEqual([]);
  });

  it('become handles, and nothing else is changed', () => {
    const ours = [BODY, header('IMAGE', { mediaId: ONE.toUpperCase(), z: 1 }), carousel(card(header('VIDEO', { mediaId: TWO }), BODY), card(header('VIDEO', { header_handle: ['4::c'] })))];
    const handles = new Map([[ONE, '4::a'], [TWO, '4::b']]);
    expect(withSampleHandles(ours, handles)).toEqual([
      BODY,
      header('IMAGE', { header_handle: ['4::a'], z: 1 }),
      carousel(card(header('VIDEO', { header_handle: ['4::b'] }), BODY), card(header('VIDEO', { header_handle: ['4::c'] }))),
    ]);
    expect(withSampleHandles([null, BODY], handles)).toEqual([null, BODY]);
  });
});

describe('a media as a sample', () => {
  const media = (fact: Partial<MediaFact>): MediaFact => ({ id: ONE, kind: 'image', state: 'STORED', mimeType: 'image/png', ...fact });
  const faultOf = (format: string, ...known: MediaFact[]) => sampleFault(templateSamples([header(format, { mediaId: ONE.toUpperCase() })])[0]!, known)?.code ?? null;

  it.each([
    ['IMAGE', 'image', 'image/jpeg', null],
    ['IMAGE', 'video', 'video/mp4', 'media.kind-mismatch'],
    ['IMAGE', 'sticker', 'image/webp', 'media.kind-mismatch'],
    ['VIDEO', 'video', 'video/mp4', null],
    // It may be sent, but Meta's uploads do not take it.
    ['VIDEO', 'video', 'video/3gpp', 'media.kind-mismatch'],
    ['DOCUMENT', 'document', 'application/pdf', null],
    ['DOCUMENT', 'document', 'text/plain', 'media.kind-mismatch'],
  ])('of a header of format %s: %s %s', (format, kind, mimeType, code) => {
    expect(faultOf(format, media({ kind, mimeType }))).toBe(code);
  });

  it('has to be there', () => {
    expect(faultOf('IMAGE')).toBe('media.not-found');
    expect(faultOf('IMAGE', media({ id: TWO }))).toBe('media.not-found');
    expect(faultOf('IMAGE', media({ state: 'FAILED' }))).toBe('media.not-found');
  });
});
