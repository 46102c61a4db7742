import { pipeline, Transform, type Readable } from 'node:stream';
import type { AnswerHeaders } from './exchange.js';
import type { GraphCall } from './graph-caller.js';
import type { GraphHttp } from './graph-http.js';
import { brokenOff, type OpenAnswer } from './open-answer.js';
import { errorOf } from './read-answer.js';
import { WhatsAppError, WhatsAppMediaError } from './whatsapp-errors.js';

export interface MediaDownloadCall extends GraphCall {
  /** The file may not be longer: it is cut off with an error while it streams. */
  readonly maxBytes: number;
}

/** A file of Meta's. */
export interface MediaDownload {
  /** To be read to its end or destroyed; ends with a WhatsAppError where the file does not come whole. */
  readonly stream: Readable;
  /** As Meta names it, parameters included; of no weight for what the bytes are. */
  readonly mimeType: string;
  /** As announced; undefined where Meta announces none. */
  readonly bytes: number | undefined;
}

const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Opens the file behind a media URL. The token goes to the Graph API and to Meta's hosts of media only, and never along
 * a redirect. @throws WhatsAppMediaError for an address that is none of Meta's, has expired, leads elsewhere, or holds
 * more than `maxBytes`
 */
export async function downloadMedia(
  http: GraphHttp,
  address: string,
  { maxBytes, token, signal }: MediaDownloadCall,
): Promise<MediaDownload> {
  const url = URL.parse(address);
  if (!url || !http.trusts(url)) {
    throw new WhatsAppMediaError('The address of the file is none of Meta.', 'foreign-host', 502);
  }
  const answer = await http.open(url, { token, ...(signal && { signal }) });
  if (answer.status !== 200) throw await refusalOf(answer);

  const bytes = lengthOf(answer.headers);
  if (bytes !== undefined && bytes > maxBytes) {
    answer.body.destroy();
    throw tooLarge(maxBytes);
  }
  const mimeType = answer.headers['content-type'];
  return {
    stream: bounded(answer.body, maxBytes, signal),
    mimeType: typeof mimeType === 'string' ? mimeType : 'application/octet-stream',
    bytes,
  };
}

/** Meta answers 404 or 401 for an address that is over: the id must be looked up again. */
async function refusalOf({ status, headers, body }: OpenAnswer): Promise<WhatsAppError> {
  if (status === 401 || status === 404 || status === 410) {
    body.destroy();
    return new WhatsAppMediaError('The file is not there (any more).', 'not-found', status);
  }
  if (status >= 200 && status < 400) {
    body.destroy();
    return new WhatsAppMediaError(`The address of the file leads elsewhere (HTTP ${status}).`, 'redirected', status);
  }
  return errorOf({ kind: 'answered', status, headers, body: await firstBytes(body) }, { endpoint: 'media_content' });
}

/** As much of a refusal as an error of Graph's can be long; nothing of one that breaks off. */
async function firstBytes(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > MAX_ERROR_BYTES) return Buffer.alloc(0);
      pieces.push(piece);
    }
  } catch {
    // The status alone says enough.
    return Buffer.alloc(0);
  }
  return Buffer.concat(pieces);
}

function bounded(source: Readable, maxBytes: number, signal: AbortSignal | undefined): Readable {
  let bytes = 0;
  const limit = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes > maxBytes) done(tooLarge(maxBytes));
      else done(null, piece);
    },
    destroy(error, done) {
      done(error === null || error instanceof WhatsAppError ? error : brokenOff(error, signal));
    },
  });
  // Each of the two ends with the other; the error shows on the stream that is handed out.
  pipeline(source, limit, () => {});
  return limit;
}

function tooLarge(maxBytes: number): WhatsAppMediaError {
  return new WhatsAppMediaError(`The file has more than ${maxBytes} bytes.`, 'too-large', 413);
}

function lengthOf(headers: AnswerHeaders): number | undefined {
  const value = headers['content-length'];
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
