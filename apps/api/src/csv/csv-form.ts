import type { Multipart } from '@fastify/multipart';
import { DomainError } from '@parley/domain';
import { CHARSETS, type CharsetName } from './file-charset.js';
import type { Delimiter } from './csv-rows.js';

/** What a form says of its file; all of it may be left out. */
export interface CsvFormFields {
  charset?: CharsetName;
  delimiter?: Delimiter;
  /** ISO 3166: of phone numbers without a calling code. */
  country?: string;
  /** The column with the phone number, where it has a name of its own. */
  phoneColumn?: string;
}

const DELIMITER_NAMES: Readonly<Record<string, Delimiter>> = { ',': ',', ';': ';', '\t': '\t', comma: ',', semicolon: ';', tab: '\t' };

const READERS: Readonly<Record<keyof CsvFormFields, (value: string) => CsvFormFields | null>> = {
  charset: (value) => {
    const charset = CHARSETS.find((name) => name === value.toLowerCase());
    return charset ? { charset } : null;
  },
  delimiter: (value) => {
    const delimiter = Object.hasOwn(DELIMITER_NAMES, value) ? DELIMITER_NAMES[value] : undefined;
    return delimiter ? { delimiter } : null;
  },
  country: (value) => (/^[A-Za-z]{2}$/.test(value) ? { country: value.toUpperCase() } : null),
  phoneColumn: (value) => (value.trim() === '' ? null : { phoneColumn: value.trim() }),
};

const WANTED: Readonly<Record<keyof CsvFormFields, string>> = {
  charset: `charset is one of ${CHARSETS.join(', ')}.`,
  delimiter: 'delimiter is comma, semicolon or tab.',
  country: 'country is a code of ISO 3166 such as RO.',
  phoneColumn: 'phoneColumn is the name of a column.',
};

/** The fields of a form that carries a CSV; they stand before its file. */
export class CsvForm {
  fields: CsvFormFields = {};

  /** @throws request.invalid */
  read({ fieldname, value, valueTruncated }: Extract<Multipart, { type: 'field' }>): void {
    if (!isField(fieldname)) throw wrong('', `The form takes file and, before it, ${Object.keys(READERS).join(', ')}.`);
    const read = typeof value === 'string' && !valueTruncated ? READERS[fieldname](value) : null;
    if (!read) throw wrong(`/${fieldname}`, WANTED[fieldname]);
    this.fields = { ...this.fields, ...read };
  }

  static noFile(): DomainError {
    return wrong('/file', 'The form carries no file; it goes in the field named file.');
  }

  static tooMuch(part: Multipart): DomainError {
    if (part.type === 'file') part.file.resume();
    return wrong(`/${part.type === 'file' ? 'file' : ''}`, 'A form carries one file, and its fields come before it.');
  }
}

function isField(name: string): name is keyof CsvFormFields {
  return Object.hasOwn(READERS, name);
}

function wrong(pointer: string, detail: string): DomainError {
  return new DomainError('request.invalid', detail, { errors: [{ pointer, code: 'field.invalid', detail }] });
}
