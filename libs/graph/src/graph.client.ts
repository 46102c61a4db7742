import type { GraphEndpoint, GraphHttp, GraphRequest } from './graph-http.js';
import { parseJson } from './json.js';
import { readAnswer } from './read-answer.js';
import { readSendOutcome, type SendOutcome } from './send-outcome.js';
import { WhatsAppNetworkError } from './whatsapp-errors.js';
import type { AccountNode, Page, PhoneNumberNode, SendBody, SubscribedApp, TemplateNode, TokenInfo } from './wire.js';

/** Whom a call is made for, and what ends it early. */
export interface GraphCall {
  /** The account's access token; sent as a header, kept nowhere. */
  readonly token: string;
  readonly signal?: AbortSignal;
}

export interface SendCall extends GraphCall {
  readonly phoneNumberId: string;
  readonly body: SendBody;
}

export type PingResult =
  | { readonly reachable: true; readonly latencyMs: number }
  | { readonly reachable: false; readonly latencyMs: number; readonly reason: string };

const PHONE_NUMBER_FIELDS = [
  'id,display_phone_number,verified_name,status,quality_rating,code_verification_status,name_status,account_mode',
  'platform_type,is_on_biz_app,throughput,whatsapp_business_manager_messaging_limit',
].join(',');
const ACCOUNT_FIELDS =
  'id,name,currency,timezone_id,account_review_status,business_verification_status,owner_business_info';
const TEMPLATE_FIELDS = 'id,name,language,status,category,parameter_format,components,rejected_reason,quality_score';
const PAGE_SIZE = 100;
/** Meta allows 6,000 templates an account; a list longer than this is a loop. */
const MAX_PAGES = 200;
const PING_TIMEOUT_MS = 2_000;

/**
 * The WhatsApp Cloud API, call by call. A send answers with a SendOutcome and throws nothing; every other call throws
 * a WhatsAppError. Nothing is retried here.
 */
export class GraphClient {
  constructor(private readonly http: GraphHttp) {}

  /** `POST /{phone number id}/messages`. Meta has no idempotency for it: sending twice delivers twice. */
  async sendMessage({ phoneNumberId, ...call }: SendCall): Promise<SendOutcome> {
    const path = `/${segment(phoneNumberId)}/messages`;
    return readSendOutcome(await this.http.send({ endpoint: 'messages', method: 'POST', path, ...call }));
  }

  getPhoneNumber(phoneNumberId: string, call: GraphCall): Promise<PhoneNumberNode> {
    return this.get('phone_number', `/${segment(phoneNumberId)}?fields=${PHONE_NUMBER_FIELDS}`, call);
  }

  /** The numbers of a WABA, page by page as they are read. */
  listPhoneNumbers(wabaId: string, call: GraphCall): AsyncGenerator<PhoneNumberNode, void, undefined> {
    return this.list(
      'phone_numbers',
      `/${segment(wabaId)}/phone_numbers?fields=${PHONE_NUMBER_FIELDS}&limit=${PAGE_SIZE}`,
      call,
    );
  }

  getAccount(wabaId: string, call: GraphCall): Promise<AccountNode> {
    return this.get('account', `/${segment(wabaId)}?fields=${ACCOUNT_FIELDS}`, call);
  }

  /** The templates of a WABA in all languages, page by page as they are read. */
  listTemplates(wabaId: string, call: GraphCall): AsyncGenerator<TemplateNode, void, undefined> {
    return this.list(
      'message_templates',
      `/${segment(wabaId)}/message_templates?fields=${TEMPLATE_FIELDS}&limit=${PAGE_SIZE}`,
      call,
    );
  }

  /** Subscribes the token's app to the WABA's webhooks. Without a body, as here, it also clears an override. */
  async subscribeApp(wabaId: string, call: GraphCall): Promise<void> {
    const path = `/${segment(wabaId)}/subscribed_apps`;
    const request: GraphRequest = { endpoint: 'subscribed_apps', method: 'POST', path, ...call };
    const { success } = readAnswer<{ success?: boolean }>(await this.http.send(request), 'subscribed_apps');
    if (success !== true) throw unreadable('subscribed_apps');
  }

  listSubscribedApps(wabaId: string, call: GraphCall): AsyncGenerator<SubscribedApp, void, undefined> {
    return this.list('subscribed_apps', `/${segment(wabaId)}/subscribed_apps`, call);
  }

  /** What Meta knows of `inputToken`; `call.token` is the app's own (`id|secret`) or the same token. */
  async debugToken(inputToken: string, call: GraphCall): Promise<TokenInfo> {
    const path = `/debug_token?input_token=${encodeURIComponent(inputToken)}`;
    const { data } = await this.get<{ data?: TokenInfo }>('debug_token', path, call);
    if (!data) throw unreadable('debug_token');
    return data;
  }

  /**
   * Whether the Graph API answers, for health: no token, 2 s at most, never throws. A refusal is an answer;
   * a 5xx without Graph's JSON is what a proxy in front of a dead service says.
   */
  async ping(): Promise<PingResult> {
    const started = performance.now();
    const signal = AbortSignal.timeout(PING_TIMEOUT_MS);
    const ended = await this.http.send({ endpoint: 'ping', method: 'GET', path: '/', signal });
    const latencyMs = performance.now() - started;
    if (ended.kind !== 'answered') return { reachable: false, latencyMs, reason: ended.reason };
    if (ended.status < 500 || parseJson(ended.body) !== undefined) return { reachable: true, latencyMs };
    return { reachable: false, latencyMs, reason: 'server-error' };
  }

  /** Ends when the exchanges under way have ended. */
  close(): Promise<void> {
    return this.http.close();
  }

  private async get<T extends object>(endpoint: GraphEndpoint, path: string, call: GraphCall): Promise<T> {
    return readAnswer<T>(await this.http.send({ endpoint, method: 'GET', path, ...call }), endpoint);
  }

  /** Follows `paging.next` to its end; a short page is no end. */
  private async *list<T>(
    endpoint: GraphEndpoint,
    firstPath: string,
    call: GraphCall,
  ): AsyncGenerator<T, void, undefined> {
    let path: string | undefined = firstPath;
    for (let page = 0; path !== undefined; page += 1) {
      if (page === MAX_PAGES) throw new WhatsAppNetworkError('The list has no end', 'endless-list', { endpoint });
      const answer: Page<T> = await this.get<Page<T>>(endpoint, path, call);
      if (!Array.isArray(answer.data)) throw unreadable(endpoint);
      yield* answer.data as readonly T[];
      path = this.nextPath(answer.paging?.next, endpoint);
    }
  }

  /** Meta's `next` is a whole URL, with a token in it. It is followed only to where we came from, without that token. */
  private nextPath(next: string | undefined, endpoint: GraphEndpoint): string | undefined {
    if (next === undefined) return undefined;
    const url = URL.parse(next);
    if (url?.origin !== this.http.origin) {
      throw new WhatsAppNetworkError('The next page lies at another origin', 'foreign-page', { endpoint });
    }
    url.searchParams.delete('access_token');
    return url.href;
  }
}

/** An id as one segment of a path: nothing that a caller gives can leave it. */
function segment(id: string): string {
  if (!/^\d{1,32}$/.test(id)) throw new TypeError('A Graph id is a string of digits');
  return id;
}

function unreadable(endpoint: GraphEndpoint): WhatsAppNetworkError {
  return new WhatsAppNetworkError('The answer is not what the Graph API documents', 'unreadable-answer', { endpoint });
}
