import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { ClaimedMessage, LeasedNumber } from '@parley/data';
import { classifyGraphError, DomainError } from '@parley/domain';
import { WhatsAppError, type SendOutcome } from '@parley/graph';
import { MediaNotSendable, OutboundMedia } from './outbound-media.js';

type Unsent = Extract<SendOutcome, { kind: 'refused' | 'not-sent' }>;

/** How the media of a message stand before its mark. */
export type PreparedMedia =
  | { readonly kind: 'ready'; readonly ids: ReadonlyMap<string, string> }
  /** The upload goes on; the message comes back to it. */
  | { readonly kind: 'uploading' }
  /** Nothing can be sent with it. `reason` is what tenants read where the outcome alone says too little. */
  | { readonly kind: 'failed'; readonly outcome: Unsent; readonly reason?: string };

/** A claimed message is leased for 5 s: a longer upload must keep neither it nor the turn of its number. */
const WAIT_MS = 1_500;
/** How long the message rests while its media goes up. */
export const UPLOADING_RETRY_MS = 3_000;

const NONE: PreparedMedia = { kind: 'ready', ids: new Map() };
/** Codes with which Meta says at a send that it does not know a media; 100 says other things as well. */
const UNKNOWN_MEDIA: ReadonlySet<number | null> = new Set([100, 131053]);

/** Gives the media of a claimed message the ids by which Meta knows them. */
@Injectable()
export class PrepareMedia {
  constructor(private readonly media: OutboundMedia) {}

  /** A fault of Meta's, of the storage, or of the media is an outcome. @throws database.unavailable */
  async prepare({ numberId, graphId }: LeasedNumber, { tenantId, mediaIds }: ClaimedMessage, token: string | null): Promise<PreparedMedia> {
    // Without a token nothing goes to Meta, neither media nor message; the sender says so.
    if (!mediaIds || mediaIds.length === 0 || token === null) return NONE;
    const found = this.media.graphIds({ tenantId, numberId, graphNumberId: graphId, token, mediaIds });
    // Who no longer waits is not told; the next one is.
    found.catch(() => {});
    try {
      const ids = await Promise.race([found, delay(WAIT_MS, null, { ref: false })]);
      return ids === null ? { kind: 'uploading' } : { kind: 'ready', ids };
    } catch (error) {
      return failureOf(error);
    }
  }

  /** What Meta said of the POST; a refusal that may come of a media id which ran out is one to try again, with a new id. */
  async judge({ numberId }: LeasedNumber, { tenantId, mediaIds }: ClaimedMessage, outcome: SendOutcome): Promise<SendOutcome> {
    if (outcome.kind !== 'refused' || !mediaIds || mediaIds.length === 0 || !UNKNOWN_MEDIA.has(outcome.error.code)) return outcome;
    // What Meta said must not be lost to an absence of the database.
    const mayHaveRunOut = await this.media.forget({ tenantId, numberId }, mediaIds).catch(() => false);
    return mayHaveRunOut ? { ...outcome, classification: { ...outcome.classification, class: 'retry' } } : outcome;
  }
}

function failureOf(error: unknown): PreparedMedia {
  if (error instanceof MediaNotSendable) return { kind: 'failed', outcome: GONE, reason: 'media.not-sendable' };
  if (error instanceof WhatsAppError) return { kind: 'failed', outcome: outcomeOf(error) };
  if (error instanceof DomainError && error.code === 'storage.unavailable') {
    return { kind: 'failed', outcome: { kind: 'not-sent', reason: 'unreachable' }, reason: error.code };
  }
  throw error;
}

/** An upload may be done twice: whatever is not a plain refusal is tried again. */
function outcomeOf({ graph, retryAfterSeconds }: WhatsAppError): Unsent {
  if (!graph || graph.code === null) return { kind: 'not-sent', reason: 'unreachable' };
  const { httpStatus, code, subcode = null, isTransient } = graph;
  const classification = classifyGraphError({ httpStatus, code, subcode, isTransient, parsed: true }, false);
  return { kind: 'refused', error: graph, classification, retryAfterSeconds };
}

/** The media was deleted or never came; no attempt can change that. */
const GONE: Unsent = {
  kind: 'refused',
  error: {
    httpStatus: 410,
    code: null,
    subcode: undefined,
    title: 'The media of the message is not there any more',
    details: undefined,
    traceId: undefined,
    isTransient: false,
  },
  classification: { class: 'permanent', scope: 'message', whatToDo: 'Upload the file again, and send a new message.', waitSeconds: null, known: true },
  retryAfterSeconds: undefined,
};
