/** The smallest contents that show each type of media: as much of a file as its type is told by, and filling. */

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const u32be = (value: number): Buffer => Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
const u24le = (value: number): Buffer => Buffer.from([value & 255, (value >>> 8) & 255, (value >>> 16) & 255]);
const u32le = (value: number): Buffer => Buffer.concat([u24le(value), Buffer.from([value >>> 24])]);
const u16le = (value: number): Buffer => Buffer.from([value & 255, (value >>> 8) & 255]);

/** The content, with as many bytes behind it as it needs to have this length. */
export const ofLength = (content: Buffer, bytes: number): Buffer => Buffer.concat([content, Buffer.alloc(Math.max(0, bytes - content.length), 0x20)]);

/** A file with something of its own in it, so that no other has its hash. */
export const distinct = (content: Buffer): Buffer => Buffer.concat([content, text(`${process.pid} ${process.hrtime.bigint()}`)]);

export const png = (bitDepth = 8): Buffer =>
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    u32be(13), text('IHDR'), u32be(1), u32be(1), Buffer.from([bitDepth, 2, 0, 0, 0]), u32be(0),
    u32be(0), text('IDAT'), u32be(0),
  ]);

export const jpeg = (channels = 3): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10]), text('JFIF\0'), Buffer.from([1, 1, 0, 0, 1, 0, 1, 0, 0]),
    Buffer.from([0xff, 0xc0, 0x00, 8 + 3 * channels, 8, 0, 1, 0, 1, channels]), Buffer.alloc(3 * channels, 1),
    Buffer.from([0xff, 0xd9]),
  ]);

const riff = (body: Buffer): Buffer => Buffer.concat([text('RIFF'), u32le(body.length), body]);

export const webp = ({ width = 512, height = 512, animated = false } = {}): Buffer =>
  riff(Buffer.concat([text('WEBPVP8X'), u32le(10), Buffer.from([animated ? 2 : 0, 0, 0, 0]), u24le(width - 1), u24le(height - 1), Buffer.alloc(8)]));

const isoMedia = (brand: string): Buffer => Buffer.concat([u32be(24), text(`ftyp${brand}`), u32be(0), text(`${brand}isom`), u32be(8), text('mdat')]);
export const mp4 = (): Buffer => isoMedia('isom');
export const threeGp = (): Buffer => isoMedia('3gp5');
export const m4a = (): Buffer => isoMedia('M4A ');
export const quickTime = (): Buffer => isoMedia('qt  ');

export const mp3 = (): Buffer => Buffer.concat([text('ID3'), Buffer.from([4, 0, 0, 0, 0, 0, 0]), Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)]);
export const amr = (): Buffer => text('#!AMR\n<');
export const aac = (): Buffer => Buffer.concat([Buffer.from([0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc]), Buffer.alloc(64)]);
export const wav = (): Buffer => riff(Buffer.concat([text('WAVEfmt '), u32le(16), Buffer.alloc(16)]));

const oggPage = (packet: Buffer): Buffer => Buffer.concat([text('OggS'), Buffer.from([0, 2]), Buffer.alloc(20), Buffer.from([1, packet.length]), packet]);
export const opus = (channels = 1): Buffer => oggPage(Buffer.concat([text('OpusHead'), Buffer.from([1, channels, 0, 0]), u32le(48_000), Buffer.alloc(3)]));
export const vorbis = (): Buffer => oggPage(Buffer.concat([Buffer.from([1]), text('vorbis'), Buffer.alloc(23)]));

export const pdf = (): Buffer => text('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n');
export const plainText = (): Buffer => Buffer.from('Mulțumim pentru comandă.\n');
export const gif = (): Buffer => text('GIF89a\x01\x00\x01\x00\x00\x00\x00;');
export const svg = (): Buffer => text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
export const html = (): Buffer => text('<!doctype html><script>alert(1)</script>');
export const program = (): Buffer => Buffer.concat([text('MZ'), Buffer.alloc(62), text('PE\0\0'), Buffer.alloc(64)]);

/** An entry of a ZIP, not compressed. */
function zipEntry(name: string, content: string): Buffer {
  const header = Buffer.concat([Buffer.from([20, 0, 0, 0, 0, 0]), Buffer.alloc(4), u32le(0), u32le(content.length), u32le(content.length)]);
  return Buffer.concat([text('PK\x03\x04'), header, u16le(name.length), u16le(0), text(name), text(content)]);
}

const OOXML = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml',
} as const;

/** The first entry of an Office document, as Office writes it, and a second one far larger than a look at the head. */
export function ooxml(program: keyof typeof OOXML): Buffer {
  const types = `<Types><Override PartName="/main.xml" ContentType="${OOXML[program]}"/></Types>`;
  return Buffer.concat([zipEntry('[Content_Types].xml', types), zipEntry('docProps/thumbnail.jpeg', 'x'.repeat(200_000))]);
}

export const zip = (): Buffer => zipEntry('hello.txt', 'hello');

const OFFICE_STREAM = { doc: 'WordDocument', xls: 'Workbook', ppt: 'PowerPoint Document' } as const;

/** A container of Office 97 whose directory stands behind this many bytes of content. */
export function oldOffice(program: keyof typeof OFFICE_STREAM | 'msi', contentBytes = 512): Buffer {
  const header = Buffer.alloc(512);
  Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]).copy(header);
  header.writeUInt16LE(9, 30);
  const entry = (name: string, type: number): Buffer => {
    const bytes = Buffer.alloc(128);
    bytes.write(name, 'utf16le');
    bytes.writeUInt16LE((name.length + 1) * 2, 64);
    bytes[66] = type;
    return bytes;
  };
  const main = program === 'msi' ? 'Property' : OFFICE_STREAM[program];
  // The word alone, out of place, is no entry of the directory.
  const content = Buffer.alloc(contentBytes);
  content.write('Workbook\0', 12, 'utf16le');
  return Buffer.concat([header, content, entry('Root Entry', 5), entry('\u0005SummaryInformation', 2), entry(main, 2), Buffer.alloc(128)]);
}
