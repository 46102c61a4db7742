import type { Exchange } from './exchange.js';
import type { GraphHttp, GraphRequest } from './graph-http.js';
import { readAnswer } from './read-answer.js';
import { WhatsAppNetworkError } from './whatsapp-errors.js';
import type { CreatedNode, Page } from './wire.js';

/** Whom a call is made for, and what ends it early. */
export interface GraphCall {
  /** The account's access token; sent as a header, kept nowhere. */
  readonly token: string;
  readonly signal?: AbortSignal;
}

/** A request, and what it is about where an error should name it. */
export interface GraphQuestion extends GraphRequest {
  readonly mediaId?: string;
}

/** Meta allows 6,000 templates an account; a list longer than this is a loop. */
const MAX_PAGES = 200;

/** The ways to ask the Graph API: for an object, for a list, to make or to do something. All throw a WhatsAppError. */
export class GraphCaller {
  constructor(readonly http: GraphHttp) {}

  async read<T extends object>({ mediaId, ...request }: GraphQuestion): Promise<T> {
    return readAnswer<T>(await this.http.send(request), {
      endpoint: request.endpoint,
      ...(mediaId !== undefined && { mediaId }),
    });
  }

  /** What was made; its id is always there. */
  async create<T extends CreatedNode>(question: GraphQuestion): Promise<T & { readonly id: string }> {
    const made = await this.read<T>(question);
    if (typeof made.id !== 'string') throw unreadable(question);
    return { ...made, id: made.id };
  }

  /** Meta says `{"success": true}`; whatever else it says is no success. */
  async act(question: GraphQuestion): Promise<void> {
    const { success } = await this.read<{ readonly success?: unknown }>(question);
    if (success !== true) throw unreadable(question);
  }

  /** The exchange as it ended, for answers that are read in another way. */
  send(request: GraphRequest): Promise<Exchange> {
    return this.http.send(request);
  }

  /** Follows `paging.next` to its end; a short page is no end. */
  async *list<T>(question: GraphQuestion): AsyncGenerator<T, void, undefined> {
    let path: string | undefined = question.path;
    for (let page = 0; path !== undefined; page += 1) {
      const { endpoint } = question;
      if (page === MAX_PAGES) throw new WhatsAppNetworkError('The list has no end', 'endless-list', { endpoint });
      const answer: Page<T> = await this.read<Page<T>>({ ...question, path });
      if (!Array.isArray(answer.data)) throw unreadable(question);
      yield* answer.data as readonly T[];
      path = this.nextPath(answer.paging?.next, question);
    }
  }

  /** Meta's `next` is a whole URL, with a token in it. It is followed only to where we came from, without that token. */
  private nextPath(next: string | undefined, { endpoint }: GraphQuestion): string | undefined {
    if (next === undefined) return undefined;
    const url = URL.parse(next);
    if (url?.origin !== this.http.origin) {
      throw new WhatsAppNetworkError('The next page lies at another origin', 'foreign-page', { endpoint });
    }
    url.searchParams.delete('access_token');
    return url.href;
  }
}

/** An answer that came, and is not what Meta's documentation says. */
export function unreadable({ endpoint }: Pick<GraphQuestion, 'endpoint'>): WhatsAppNetworkError {
  return new WhatsAppNetworkError('The answer is not what the Graph API documents', 'unreadable-answer', { endpoint });
}
