import { isKnown, mediaHeaders } from './media-headers.js';
import type { MediaRow } from './media.view.js';

const row = (fields: Partial<MediaRow> = {}): MediaRow => ({
  id: '0199a1b2-0000-7000-8000-000000000001',
  direction: 'INBOUND',
  kind: 'document',
  state: 'STORED',
  reason: null,
  mimeType: 'application/pdf',
  bytes: 12n,
  sha256: Buffer.alloc(32, 7),
  fileName: 'menu.pdf',
  storageKey: 'key',
  nextAt: null,
  createdAt: new Date(0),
  ...fields,
});

describe('the headers of a content', () => {
  it.each(['image/jpeg', 'image/png', 'image/webp', 'audio/ogg; codecs=opus', 'video/mp4', 'application/pdf'])('let a browser show %s', (mimeType) => {
    expect(mediaHeaders(row({ mimeType }))).toMatchObject({ 'content-type': mimeType, 'content-disposition': 'inline; filename="menu.pdf"' });
  });

  it.each(['image/svg+xml', 'application/xml', 'text/html', 'text/plain', 'application/zip', 'application/octet-stream', null])(
    'let a browser only save %s',
    (mimeType) => {
      expect(mediaHeaders(row({ mimeType }))['content-disposition']).toMatch(/^attachment; /);
    },
  );

  it('let nothing run and nothing be guessed', () => {
    expect(mediaHeaders(row({ mimeType: 'text/plain' }))).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox') as unknown,
    });
  });

  it.each([
    ['comandă.pdf', `attachment; filename="comand_.pdf"; filename*=UTF-8''comand%C4%83.pdf`],
    ['a"b\r\nSet-Cookie: x.txt', `attachment; filename="a_b__Set-Cookie: x.txt"; filename*=UTF-8''a%22b%0D%0ASet-Cookie%3A%20x.txt`],
    ["it's (1).zip", `attachment; filename="it's (1).zip"; filename*=UTF-8''it%27s%20%281%29.zip`],
  ])('carry the name %j as no more than a name', (fileName, disposition) => {
    expect(mediaHeaders(row({ mimeType: 'application/zip', fileName }))['content-disposition']).toBe(disposition);
  });
});

describe('isKnown', () => {
  const tag = `"${'07'.repeat(32)}"`;

  it.each([
    [tag, true],
    [`W/${tag}`, true],
    [`"other", ${tag}`, true],
    ['*', true],
    ['"other"', false],
    [undefined, false],
  ])('of %s', (header, expected) => {
    expect(isKnown(row(), header)).toBe(expected);
  });
});
