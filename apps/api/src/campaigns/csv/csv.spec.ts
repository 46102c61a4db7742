import iconv from 'iconv-lite';
import { AudienceColumns } from './audience-columns.js';
import { openCsv, type CsvOptions, type CsvRow } from '../../csv/csv-rows.js';
import { charsetOf, HEAD_BYTES } from '../../csv/file-charset.js';

async function* chunks(bytes: Buffer, size = 7): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(content: Buffer | string, options: CsvOptions = {}): Promise<{ rows: CsvRow[]; delimiter: string; charset: string }> {
  const file = await openCsv(chunks(Buffer.isBuffer(content) ? content : Buffer.from(content)), options);
  const rows: CsvRow[] = [];
  for await (const row of file.rows) rows.push(row);
  return { rows, delimiter: file.delimiter, charset: `${file.charset.name} ${file.charset.source}` };
}

const ROMANIAN = 'phone;nume;oraş\n+40723000111;Ștefăniţă;Brăila\n+40723000112;Ţepeş;Timişoara\n'.replaceAll('Ș', 'Ş');
const FRENCH = 'phone;prénom;ville\n+33612345678;Hélène;Besançon\n+33612345679;Noël;Orléans\n';
const PORTUGUESE = 'phone;nome;cidade\n+351912345678;João;São João da Madeira\n+351912345679;Conceição;Guimarães\n';
const GREEK = 'phone;όνομα;πόλη\n+306912345678;Ελένη;Θεσσαλονίκη\n+306912345679;Γιώργος;Αθήνα\n';
const POLISH = 'phone;imię;miasto\n+48512345678;Łukasz;Łódź\n+48512345679;Małgorzata;Gdańsk\n';

describe('the encoding of a file', () => {
  it.each([
    ['UTF-8', ROMANIAN, 'utf-8', false, 'utf-8 detected'],
    ['UTF-8 with its mark', ROMANIAN, 'utf-8', true, 'utf-8 bom'],
    ['UTF-16LE with its mark', ROMANIAN, 'utf-16le', true, 'utf-16le bom'],
    ['UTF-16BE with its mark', GREEK, 'utf-16be', true, 'utf-16be bom'],
    ['UTF-16LE without', FRENCH, 'utf-16le', false, 'utf-16le detected'],
    ['UTF-16BE without', ROMANIAN, 'utf-16be', false, 'utf-16be detected'],
    ['Romanian in Windows-1250', ROMANIAN, 'windows-1250', false, 'windows-1250 detected'],
    ['Polish in Windows-1250', POLISH, 'windows-1250', false, 'windows-1250 detected'],
    ['French in Windows-1252', FRENCH, 'windows-1252', false, 'windows-1252 detected'],
    ['Portuguese in Windows-1252', PORTUGUESE, 'windows-1252', false, 'windows-1252 detected'],
    ['Greek in Windows-1253', GREEK, 'windows-1253', false, 'windows-1253 detected'],
  ])('%s is told, and every row reads as it was written', async (_, text, encoding, addBOM, told) => {
    const { rows, charset } = await read(iconv.encode(text, encoding, { addBOM }));
    expect(charset).toBe(told);
    expect(rows.map(({ cells }) => cells.join(';'))).toEqual(text.trimEnd().split('\n'));
  });

  it('is what the caller says, unless the file itself says otherwise', async () => {
    expect((await read(iconv.encode('phone\nČeněk\n', 'windows-1250'), { charset: 'windows-1250' })).rows[1]?.cells).toEqual(['Čeněk']);
    expect(charsetOf(iconv.encode('phone', 'utf-8', { addBOM: true }), 'windows-1252')).toMatchObject({ name: 'utf-8', source: 'bom' });
  });

  it('is UTF-8 also where the head ends within a character', () => {
    const bytes = Buffer.from(`a${'ș'.repeat(HEAD_BYTES)}`).subarray(0, HEAD_BYTES);
    expect(charsetOf(bytes).name).toBe('utf-8');
  });

  it('shows each row that it does not fit, and costs the others nothing', async () => {
    const late = Buffer.concat([Buffer.from(`phone\n${'+40723000111\n'.repeat(6_000)}`), iconv.encode('Ţepeş\n', 'windows-1250'), Buffer.from('+40723000112\n')]);
    const { rows } = await read(late);
    expect(rows.filter(({ cells }) => cells.join('').includes('\ufffd')).map(({ line }) => line)).toEqual([6_002]);
    expect(rows.at(-1)).toEqual({ line: 6_003, cells: ['+40723000112'] });
  });
});

describe('the rows of a file', () => {
  it.each([[','], [';'], ['\t']])('are told apart by %j', async (delimiter) => {
    const { rows, delimiter: told } = await read(`phone${delimiter}a,b;c${delimiter}d`.replace('a,b;c', 'name') + `\n1${delimiter}2${delimiter}3\n`);
    expect(told).toBe(delimiter);
    expect(rows[1]?.cells).toEqual(['1', '2', '3']);
  });

  it('count lines through quotes, blank lines and every kind of line end', async () => {
    const { rows } = await read('phone,note\r\n1,"two\nlines, ""quoted"""\r\n\r\n2,a "loose" quote\n,\n3,"ab"c\r4,\n5,end');
    expect(rows).toEqual([
      { line: 1, cells: ['phone', 'note'] },
      { line: 2, cells: ['1', 'two\nlines, "quoted"'] },
      { line: 5, cells: ['2', 'a "loose" quote'] },
      { line: 7, cells: ['3', '"ab"c'] },
      { line: 8, cells: ['4', ''] },
      { line: 9, cells: ['5', 'end'] },
    ]);
  });

  it("leave Excel's line about the delimiter out", async () => {
    expect(await read('sep=;\nphone;a,b,c\n1;2\n')).toMatchObject({ delimiter: ';', rows: [{ line: 2, cells: ['phone', 'a,b,c'] }, { line: 3, cells: ['1', '2'] }] });
  });

  it.each([
    ['that is not closed', 'phone,name\n1,a\n2,"b\n3,c\n'],
    ['that swallows the file', `phone,name\n1,a\n2,"b\n${'3,c\n'.repeat(30_000)}`],
  ])('end at a quote %s, with the line where it stands', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'csv.invalid', detail: expect.stringContaining('At line 3:') as unknown });
  });
});

describe('the columns of an audience', () => {
  const columns = (...names: string[]): AudienceColumns => new AudienceColumns(names, undefined);

  it('are known by their names in any case; the others are fields', () => {
    const entry = columns(' Phone ', 'First name', 'Locale', 'TZ', '').entryOf(['40723000111', ' Ana ', 'ro', 'Europe/Bucharest', '']);
    expect(entry).toEqual({ to: '+40723000111', locale: 'ro', timeZone: 'Europe/Bucharest', fields: { 'First name': 'Ana' } });
    expect(columns('contactId', 'x').entryOf(['7', ''])).toEqual({ contactId: '7' });
  });

  it('take the column that the caller names for the phone', () => {
    expect(new AudienceColumns(['phone', 'Client'], 'RO', 'client').entryOf(['office', '0723000111'])).toEqual({ to: '0723000111', fields: { phone: 'office' } });
  });

  it('take fewer cells than names, and refuse more', () => {
    expect(columns('phone', 'a').entryOf(['+40723000111'])).toEqual({ to: '+40723000111' });
    expect(columns('phone', 'a').entryOf(['+40723000111', 'b', 'c'])).toBe('row.columns');
    expect(columns('phone', 'a').entryOf(['+40723000111', 'b', ' '])).toMatchObject({ to: '+40723000111' });
  });

  it.each([[['name', 'city']], [['phone', 'a', 'A']], [['phone', '', 'b']], [['phone', 'a\ufffd']]])('refuse the names %j', (names) => {
    expect(() => columns(...names)).toThrow(expect.objectContaining({ code: 'csv.invalid' }));
  });
});
