import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { DomainError, MEDIA_LIMIT_BYTES, MEDIA_MIME_TYPES, STATIC_STICKER_LIMIT_BYTES } from '@parley/domain';
import * as files from '../../../../test/support/media-files.js';
import { incomingMedia } from './incoming-media.js';
import { MediaGate, type GateRules, type MediaFacts } from './media-gate.js';
import { OUTGOING_MEDIA } from './outgoing-media.js';

interface Passed {
  facts: MediaFacts;
  content: Buffer;
}

/** Sends a content through the gate in pieces of this size. */
async function pass(content: Buffer, rules: GateRules = OUTGOING_MEDIA, pieceBytes = 16_384): Promise<Passed> {
  const gate = new MediaGate(rules);
  const pieces = Array.from({ length: Math.ceil(content.length / pieceBytes) }, (_, at) => content.subarray(at * pieceBytes, (at + 1) * pieceBytes));
  const out = await buffer(Readable.from(pieces).on('error', () => {}).pipe(gate));
  return { facts: gate.facts, content: out };
}

const refusal = async (content: Buffer, rules?: GateRules): Promise<string> =>
  pass(content, rules).then(
    ({ facts }) => `passed as ${facts.kind} ${facts.mimeType}`,
    (error: unknown) => (error instanceof DomainError ? error.code : (error as Error).message),
  );

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const TAKEN: [string, Buffer, string, string][] = [
  ['a JPEG', files.jpeg(), 'image', 'image/jpeg'],
  ['a PNG', files.png(), 'image', 'image/png'],
  ['an MP4', files.mp4(), 'video', 'video/mp4'],
  ['a 3GP', files.threeGp(), 'video', 'video/3gpp'],
  ['an AAC', files.aac(), 'audio', 'audio/aac'],
  ['an AMR', files.amr(), 'audio', 'audio/amr'],
  ['an MP3', files.mp3(), 'audio', 'audio/mpeg'],
  ['an M4A', files.m4a(), 'audio', 'audio/mp4'],
  ['an Ogg with Opus', files.opus(), 'audio', 'audio/ogg; codecs=opus'],
  ['a PDF', files.pdf(), 'document', 'application/pdf'],
  ['a text', files.plainText(), 'document', 'text/plain'],
  ['a document of Word', files.ooxml('docx'), 'document', `${OFFICE}.wordprocessingml.document`],
  ['a document of Excel', files.ooxml('xlsx'), 'document', `${OFFICE}.spreadsheetml.sheet`],
  ['a document of PowerPoint', files.ooxml('pptx'), 'document', `${OFFICE}.presentationml.presentation`],
  ['a document of Word 97', files.oldOffice('doc'), 'document', 'application/msword'],
  ['a document of Excel 97', files.oldOffice('xls', 300 * 1024), 'document', 'application/vnd.ms-excel'],
  ['a document of PowerPoint 97', files.oldOffice('ppt', 70 * 1024), 'document', 'application/vnd.ms-powerpoint'],
  ['a sticker', files.webp(), 'sticker', 'image/webp'],
];

describe('what tenants upload', () => {
  it.each(TAKEN)('%s passes unchanged, by its content alone', async (_, content, kind, mimeType) => {
    const passed = await pass(content);
    expect(passed.facts).toEqual({ kind, mimeType, bytes: content.length, sha256: createHash('sha256').update(content).digest() });
    expect(passed.content.equals(content)).toBe(true);
  });

  it('of every type that Meta takes has an example here', () => {
    const shown = new Set(TAKEN.map(([, , , mimeType]) => mimeType.split(';')[0]));
    expect(Object.values(MEDIA_MIME_TYPES).flat().filter((type) => !shown.has(type))).toEqual([]);
  });

  it.each([
    ['a GIF', files.gif()],
    ['an SVG', files.svg()],
    ['a program', files.program()],
    ['a ZIP', files.zip()],
    ['a QuickTime film', files.quickTime()],
    ['a WAV', files.wav()],
    ['an Ogg with Vorbis', files.vorbis()],
    ['an installer in the container of old Office', files.oldOffice('msi')],
    ['bytes that are nothing', Buffer.from([1, 2, 3, 4, 0, 0, 9])],
    ['a text in Latin-1', Buffer.from('Mul\xfeumim', 'latin1')],
    ['a text with zeros far behind', Buffer.concat([Buffer.alloc(200_000, 'a'), Buffer.from([0])])],
    ['a text that ends within a character', Buffer.from('comand\xc4', 'latin1')],
  ])('%s is refused with the list of what is taken', async (_, content) => {
    const error: unknown = await pass(content).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'media.type-unsupported', detail: expect.stringContaining('video/3gpp'), errors: [{ pointer: '/file' }] });
  });

  it.each([
    ['nothing at all', Buffer.alloc(0)],
    ['a PNG of 16 bits a channel', files.png(16)],
    ['a JPEG in CMYK', files.jpeg(4)],
    ['an Opus in stereo', files.opus(2)],
    ['a sticker of another size', files.webp({ width: 511 })],
  ])('%s is refused by the rule that it breaks', async (_, content) => {
    expect(await refusal(content)).toBe('media.content-invalid');
  });

  it.each([
    ['image', files.jpeg(), MEDIA_LIMIT_BYTES.image],
    ['audio', files.amr(), MEDIA_LIMIT_BYTES.audio],
    ['sticker that stands still', files.webp(), STATIC_STICKER_LIMIT_BYTES],
    ['sticker that moves', files.webp({ animated: true }), MEDIA_LIMIT_BYTES.sticker],
  ])('a %s passes up to its limit, and no byte more', async (_, content, limit) => {
    expect((await pass(files.ofLength(content, limit))).facts.bytes).toBe(limit);
    expect(await refusal(files.ofLength(content, limit + 1))).toBe('media.too-large');
  });

  it('is refused as soon as it is too large, however much would follow', async () => {
    let given = 0;
    const endless = Readable.from(
      (function* () {
        yield files.png();
        for (;;) {
          given += 65_536;
          yield Buffer.alloc(65_536);
        }
      })(),
    );
    await expect(buffer(endless.pipe(new MediaGate(OUTGOING_MEDIA)))).rejects.toMatchObject({ code: 'media.too-large' });
    endless.destroy();
    expect(given).toBeLessThan(MEDIA_LIMIT_BYTES.image + 1024 * 1024);
  });

  it('is judged alike however the bytes arrive', async () => {
    const contents = [files.oldOffice('doc', 1024), files.plainText(), files.webp(), files.opus()];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...contents), fc.integer({ min: 1, max: 700 }), async (content, pieceBytes) => {
        const [one, other] = [await pass(content, OUTGOING_MEDIA, pieceBytes), await pass(content)];
        expect(one.facts).toEqual(other.facts);
      }),
      { numRuns: 40, seed: 3 },
    );
  });
});

describe('what customers send', () => {
  const sha256 = (content: Buffer) => createHash('sha256').update(content).digest();

  it.each([
    ['image', files.jpeg(), 'image/jpeg'],
    ['audio', files.wav(), 'audio/wav'],
    ['audio', files.opus(), 'audio/ogg; codecs=opus'],
    ['document', files.zip(), 'application/zip'],
    ['document', files.html(), 'text/plain'],
    ['document', files.svg(), 'application/xml'],
    ['document', files.oldOffice('msi'), 'application/octet-stream'],
    ['document', Buffer.from([1, 2, 3, 0]), 'application/octet-stream'],
  ] as const)('is taken as the %s that it is', async (kind, content, mimeType) => {
    const { facts } = await pass(content, incomingMedia(kind, sha256(content)));
    expect(facts).toMatchObject({ kind, mimeType, bytes: content.length });
  });

  it.each(['image', 'sticker', 'audio', 'video'] as const)('is no %s when it is a page or a program', async (kind) => {
    for (const content of [files.html(), files.svg(), files.program()]) {
      expect(await refusal(content, incomingMedia(kind, null))).toBe('media.type-mismatch');
    }
  });

  it('must match the checksum that Meta gave', async () => {
    expect(await refusal(files.jpeg(), incomingMedia('image', sha256(files.png())))).toBe('media.checksum-mismatch');
    expect(await refusal(Buffer.alloc(0), incomingMedia('image', null))).toBe('media.empty');
  });
});
