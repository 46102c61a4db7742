import type { Readable } from 'node:stream';
import type { Multipart, MultipartFile } from '@fastify/multipart';
import { DomainError, dropInvalidText } from '@parley/domain';
import { isUUID } from 'class-validator';

/** A file as it arrives, with what stood before it in its form. */
export interface ArrivingFile {
  readonly content: Readable;
  readonly fileName: string | null;
  readonly numberId: string | null;
}

const FILE = 'file';
const NUMBER_ID = 'numberId';
const LONGEST_NAME = 255;

/**
 * Reads a form as it arrives: `numberId`, if it is there, then one `file`, which is handed on while it comes. What the taker
 * made of the file counts only when nothing that is wrong follows it.
 * @throws request.invalid, request.malformed, or what the taker throws
 */
export async function readUploadForm<T>(
  parts: AsyncIterable<Multipart>,
  take: (file: ArrivingFile) => Promise<T>,
  undo: (taken: T) => Promise<void>,
): Promise<T> {
  let taken: { result: T } | undefined;
  let numberId: string | null = null;
  try {
    for await (const part of parts) {
      if (taken) throw part.type === 'file' ? wrong(`/${FILE}`, 'A form carries one file.') : wrong(`/${NUMBER_ID}`, 'Fields come before the file.');
      if (part.type === 'file') taken = { result: await take({ content: part.file, fileName: nameOf(part), numberId }) };
      else numberId = numberIdOf(part);
    }
  } catch (error) {
    if (taken) await undo(taken.result);
    throw asMalformed(error);
  }
  if (!taken) throw wrong(`/${FILE}`, 'The form carries no file; it goes in the field named file.');
  return taken.result;
}

function nameOf({ fieldname, filename }: MultipartFile): string | null {
  if (fieldname !== FILE) throw wrong(`/${FILE}`, 'The file goes in the field named file.');
  // A path is none of ours to know.
  const name = dropInvalidText(filename).split(/[\\/]/).at(-1)?.trim().slice(-LONGEST_NAME) ?? '';
  return name === '' ? null : dropInvalidText(name);
}

function numberIdOf({ fieldname, value, valueTruncated }: Extract<Multipart, { type: 'field' }>): string {
  if (fieldname !== NUMBER_ID) throw wrong('', 'The form takes the fields file and numberId.');
  if (valueTruncated || typeof value !== 'string' || !isUUID(value)) throw wrong(`/${NUMBER_ID}`, 'numberId must be the id of a number.');
  return value.toLowerCase();
}

function wrong(pointer: string, detail: string): DomainError {
  return new DomainError('request.invalid', detail, { errors: [{ pointer, code: 'field.invalid', detail }] });
}

/** What the parser of forms, and Node, say of a body that is cut or is no form. */
const CUT = /end of multipart data|terminated early|malformed part header|boundary not found|aborted|premature close/i;

function asMalformed(error: unknown): unknown {
  if (error instanceof DomainError || !(error instanceof Error) || !CUT.test(error.message)) return error;
  return new DomainError('request.malformed', 'The form is cut off, or is none: send all of it as multipart/form-data.', { cause: error });
}
