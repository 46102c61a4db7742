import { pipeline, Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import iconv from 'iconv-lite';
import { DomainError } from '@parley/domain';
import { charsetOf, decodeText, HEAD_BYTES, type CharsetName, type FileCharset } from './file-charset.js';

/** Delimiters that are told by themselves. */
export const DELIMITERS = [',', ';', '\t'] as const;

export type Delimiter = (typeof DELIMITERS)[number];

/** A row, with the line of the file where it begins, from 1. */
export interface CsvRow {
  line: number;
  cells: readonly string[];
}

export interface CsvFile {
  charset: FileCharset;
  delimiter: Delimiter;
  /** Rows as they come; blank lines are left out. Nothing but the row at hand is kept in memory. */
  rows: AsyncIterable<CsvRow>;
}

export interface CsvOptions {
  charset?: CharsetName;
  delimiter?: Delimiter;
}

/** Longer than any row of an audience: where one is, a quote was not closed. */
const LONGEST_ROW = 65_536;
/** Excel's own first line, which names the delimiter. */
const SEPARATOR_LINE = /^sep=([,;\t])\r?$/i;

/** Opens a CSV as it arrives. @throws csv.invalid also from the rows, for what is no CSV */
export async function openCsv(source: AsyncIterable<Buffer>, options: CsvOptions = {}): Promise<CsvFile> {
  const { head, all } = await peek(source);
  const charset = charsetOf(head, options.charset);
  const text = iconv.decode(head, charset.name);
  const delimiter = options.delimiter ?? delimiterOf(text);
  return { charset, delimiter, rows: readRows(decodeText(all, charset.name), delimiter) };
}

/** The delimiter by the first line, which holds names: the sign that stands there most often outside of quotes. */
export function delimiterOf(text: string): Delimiter {
  const [first = ''] = text.split('\n', 1);
  const stated = SEPARATOR_LINE.exec(first)?.[1];
  if (stated) return stated as Delimiter;
  const unquoted = first.replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: unquoted.split(delimiter).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
}

async function peek(source: AsyncIterable<Buffer>): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const chunks = source[Symbol.asyncIterator]();
  const seen: Buffer[] = [];
  let size = 0;
  while (size < HEAD_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    seen.push(next.value);
    size += next.value.length;
  }
  const whole = Buffer.concat(seen);
  const all = async function* (): AsyncGenerator<Buffer> {
    if (whole.length > 0) yield whole;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  return { head: whole.subarray(0, HEAD_BYTES), all: all() };
}

async function* readRows(text: AsyncIterable<string>, delimiter: Delimiter): AsyncGenerator<CsvRow> {
  // The line where the row begins that the parser is reading now: rows that it has read may still wait to be taken.
  let readingLine = 1;
  const parser = parse({
    delimiter,
    on_record: (record: string[], { lines }) => {
      readingLine = lines + 1;
      return record;
    },
    info: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    // People write names like 12" and "Ana" Pop; what is meant is what is written.
    relax_quotes: true,
    max_record_size: LONGEST_ROW,
  });
  // An error of either side ends the iteration below.
  pipeline(Readable.from(text), parser, () => {});
  let line = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const isBlank = record.every((cell) => cell.trim() === '');
      const isSeparator = line === 1 && SEPARATOR_LINE.test(record.join(delimiter));
      if (!isBlank && !isSeparator) yield { line, cells: record };
      line = info.lines + 1;
    }
  } catch (error) {
    throw asInvalid(error, readingLine);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_MAX_RECORD_SIZE: 'a row is longer than 65,536 characters; probably a quote is not closed',
};

function asInvalid(error: unknown, line: number): unknown {
  if (!(error instanceof CsvError)) return error;
  return new DomainError('csv.invalid', `At line ${line}: ${WORDS[error.code] ?? 'this is no CSV'}.`, { cause: error });
}
