import type { GraphCall } from './graph-caller.js';
import type { CallbackOverride } from './wire-nodes.js';
import type { SendBody } from './wire.js';

export interface SendCall extends GraphCall {
  readonly phoneNumberId: string;
  readonly body: SendBody;
}

export interface MarkReadCall extends GraphCall {
  readonly phoneNumberId: string;
  /** Of the customer's message, at most 30 days old; the earlier ones of the thread are marked with it. */
  readonly wamid: string;
  /** Shows "typing" as well, for 25 seconds or until the answer. */
  readonly typing?: boolean;
}

/** What the code of an embedded signup is exchanged with: the app's own id and secret. */
export interface CodeExchange {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly code: string;
  readonly signal?: AbortSignal;
}

/** A file that is looked up or deleted; with the number, Meta checks that the file belongs to it. */
export interface MediaCall extends GraphCall {
  readonly phoneNumberId?: string;
}

export interface SubscribeCall extends GraphCall {
  readonly override?: CallbackOverride;
}
