import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { lostReason, notSentReason, type AnswerHeaders } from './exchange.js';
import { WhatsAppNetworkError } from './whatsapp-errors.js';

/** The head of an answer whose body is still to be read: who has it reads it to its end, or destroys it. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Readable;
}

export interface OpenRequest {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface OpenLimits {
  /** Until the head of the answer is here, in milliseconds. */
  readonly answerMs: number;
  /** Until the last byte is here, in milliseconds. */
  readonly transferMs: number;
}

/** GETs without reading the body, and without following a redirect. @throws WhatsAppNetworkError */
export async function openAnswer(pool: Dispatcher, request: OpenRequest, limits: OpenLimits): Promise<OpenAnswer> {
  const { signal, ...options } = request;
  const late = new AbortController();
  const inTime = (milliseconds: number): NodeJS.Timeout => setTimeout(() => late.abort(), milliseconds).unref();
  let timer = inTime(limits.answerMs);
  try {
    const { statusCode, headers, body } = await pool.request({
      ...options,
      method: 'GET',
      signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
    });
    clearTimeout(timer);
    timer = inTime(limits.transferMs);
    body.once('close', () => clearTimeout(timer));
    // Undici makes an error of a body that is destroyed before its end, also where nobody reads it.
    body.on('error', () => {});
    return { status: statusCode, headers, body };
  } catch (error) {
    clearTimeout(timer);
    throw brokenOff(error, signal);
  }
}

/** What ended a file's way, as an error of ours. */
export function brokenOff(error: unknown, signal?: AbortSignal): WhatsAppNetworkError {
  const context = { endpoint: 'media_content' };
  if (signal?.aborted) return new WhatsAppNetworkError('The call was given up.', 'aborted', context);
  return new WhatsAppNetworkError('WhatsApp gave no complete answer.', reasonOf(error), context);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'connection-lost';
  if (error.name === 'AbortError') return 'timeout';
  const notSent = notSentReason(error);
  return notSent === 'unreachable' ? lostReason(error) : notSent;
}
