import type { Multipart } from '@fastify/multipart';
import { DomainError, dropInvalidText } from '@parley/domain';
import type { FastifyRequest } from 'fastify';
import { slowArrivals } from '../http/slow-arrivals.js';
import { discardRest, notMultipart } from '../media/install-uploads.js';
import { CsvForm, type CsvFormFields } from './csv-form.js';

/** A CSV as it arrives in a form. */
export interface ArrivingCsv {
  name: string | null;
  source: AsyncIterable<Buffer>;
  fields: CsvFormFields;
  /** To be called when the file was read: all of it must have come, and nothing wrong behind it. @throws body.too-large, request.invalid */
  finish(): Promise<void>;
}

export interface CsvLimits {
  mostBytes: number;
  arrivalMs: number;
}

/**
 * Reads a form with one CSV, and hands the file on as it comes.
 * @throws media-type.unsupported, request.invalid, request.malformed, request.timeout, body.too-large, and what `take` throws
 */
export async function receiveCsv<Result>(request: FastifyRequest, { mostBytes, arrivalMs }: CsvLimits, take: (file: ArrivingCsv) => Promise<Result>): Promise<Result> {
  if (!request.isMultipart()) throw notMultipart();
  const { raw } = request;
  slowArrivals.add(raw.socket);
  const timer = setTimeout(() => raw.destroy(new DomainError('request.timeout')), arrivalMs);
  try {
    return await read(request.parts({ limits: { fileSize: mostBytes, files: 1, fields: 4, parts: 5 } }), mostBytes, take);
  } catch (error) {
    discardRest(request);
    throw asMalformed(error);
  } finally {
    clearTimeout(timer);
    slowArrivals.delete(raw.socket);
  }
}

async function read<Result>(parts: AsyncIterableIterator<Multipart>, mostBytes: number, take: (file: ArrivingCsv) => Promise<Result>): Promise<Result> {
  const form = new CsvForm();
  for await (const part of parts) {
    if (part.type === 'field') {
      form.read(part);
      continue;
    }
    const name = dropInvalidText(part.filename ?? '').slice(-255) || null;
    const finish = async (): Promise<void> => {
      if (part.file.truncated) throw new DomainError('body.too-large', `A file has at most ${mostBytes} bytes.`);
      // What else the form holds must not be wrong either, and its end must have come.
      const extra = await parts.next();
      if (extra.done !== true) throw CsvForm.tooMuch(extra.value);
    };
    // Awaited here: leaving the loop earlier would end the form.
    return await take({ name, source: part.file, fields: form.fields, finish });
  }
  throw CsvForm.noFile();
}

/** What the parser of forms, and Node, say of a body that is cut or is no form. */
const CUT = /end of multipart data|terminated early|malformed part header|boundary not found|aborted|premature close/i;

function asMalformed(error: unknown): unknown {
  if (error instanceof DomainError || !(error instanceof Error) || !CUT.test(error.message)) return error;
  return new DomainError('request.malformed', 'The form is cut off, or is none; nothing of it was kept. Send all of it as multipart/form-data.', { cause: error });
}
