import { changeBlockedUsers, type BlockOutcome, type BlockTarget } from './block-users.js';
import { downloadMedia, type MediaDownload, type MediaDownloadCall } from './download-media.js';
import { ACCOUNT_FIELDS, NUMBER_FIELDS, PROFILE_FIELDS, TEMPLATE_FIELDS } from './fields.js';
import { GraphCaller, unreadable, type GraphCall } from './graph-caller.js';
import type { CodeExchange, MarkReadCall, MediaCall, SendCall, SubscribeCall } from './graph-calls.js';
import type { GraphEndpoint, GraphHttp, GraphRequest } from './graph-http.js';
import { query, segment } from './graph-path.js';
import { ping, type PingResult } from './ping.js';
import { readSendOutcome, type SendOutcome } from './send-outcome.js';
import { uploadMedia, uploadSample, type MediaUpload, type SampleUpload } from './upload-media.js';
import type * as nodes from './wire-nodes.js';
import type { AccessToken, MediaNode, TokenInfo } from './wire.js';

type List<T> = AsyncGenerator<T, void, undefined>;

const PAGE_SIZE = 100;
const WHATSAPP = { messaging_product: 'whatsapp' } as const;

/**
 * The WhatsApp Cloud API, call by call. A send answers with a SendOutcome and throws nothing; every other call throws
 * a WhatsAppError. Nothing is retried here.
 */
export class GraphClient {
  private readonly calls: GraphCaller;

  constructor(private readonly http: GraphHttp) {
    this.calls = new GraphCaller(http);
  }

  /** `POST /{phone number id}/messages`. Meta has no idempotency for it: sending twice delivers twice. */
  async sendMessage({ phoneNumberId, body, token, signal }: SendCall): Promise<SendOutcome> {
    const path = `/${segment(phoneNumberId)}/messages`;
    const request: GraphRequest = { endpoint: 'messages', method: 'POST', path, body, token, signal };
    return readSendOutcome(await this.http.send(request));
  }

  markRead({ phoneNumberId, wamid, typing, ...call }: MarkReadCall): Promise<void> {
    const indicator = typing === true ? { typing_indicator: { type: 'text' } } : {};
    const body = { ...WHATSAPP, status: 'read', message_id: wamid, ...indicator };
    return this.act('messages', 'POST', `/${segment(phoneNumberId)}/messages`, call, body);
  }

  /** Uploads a file to be sent by the number. It streams, and is kept for 30 days. */
  uploadMedia(upload: MediaUpload): Promise<{ readonly id: string }> {
    return uploadMedia(this.calls, upload);
  }

  getMedia(mediaId: string, call: MediaCall): Promise<MediaNode> {
    return this.calls.read({ endpoint: 'media', ...mediaOf(mediaId, call) });
  }

  /** Opens the file behind the `url` of a media node. @throws WhatsAppMediaError */
  downloadMedia(url: string, call: MediaDownloadCall): Promise<MediaDownload> {
    return downloadMedia(this.http, url, call);
  }

  deleteMedia(mediaId: string, call: MediaCall): Promise<void> {
    return this.calls.act({ endpoint: 'media', method: 'DELETE', ...mediaOf(mediaId, call) });
  }

  /** The templates of a WABA in all languages, page by page as they are read. */
  listTemplates(wabaId: string, call: GraphCall): List<nodes.TemplateNode> {
    const path = `/${segment(wabaId)}/message_templates?fields=${TEMPLATE_FIELDS}&limit=${PAGE_SIZE}`;
    return this.calls.list({ endpoint: 'message_templates', path, ...call });
  }

  getTemplate(templateId: string, call: GraphCall): Promise<nodes.TemplateNode> {
    return this.calls.read({
      endpoint: 'template',
      path: `/${segment(templateId)}?fields=${TEMPLATE_FIELDS}`,
      ...call,
    });
  }

  /** Submits a template for review. Why Meta refuses one is in the error's title and details. */
  async createTemplate(wabaId: string, body: nodes.TemplateDraft, call: GraphCall): Promise<nodes.CreatedTemplate> {
    const path = `/${segment(wabaId)}/message_templates`;
    const question = { endpoint: 'message_templates', method: 'POST', path, body, ...call } as const;
    const created = await this.calls.create<Partial<nodes.CreatedTemplate>>(question);
    const { id, status = 'PENDING', category = body.category } = created;
    return { id, status, category };
  }

  /** Goes back to review. Only what is APPROVED, REJECTED or PAUSED may be edited. */
  editTemplate(templateId: string, body: nodes.TemplateEdit, call: GraphCall): Promise<void> {
    return this.act('template', 'POST', `/${segment(templateId)}`, call, body);
  }

  /** Deletes one language by its id, or without it all languages of the name. */
  deleteTemplate(wabaId: string, template: { name: string; templateId?: string }, call: GraphCall): Promise<void> {
    const of = query({ name: template.name, hsm_id: template.templateId });
    return this.act('message_templates', 'DELETE', `/${segment(wabaId)}/message_templates${of}`, call);
  }

  /** Releases a template that Meta's pacing paused. */
  unpauseTemplate(templateId: string, call: GraphCall): Promise<void> {
    return this.act('template', 'POST', `/${segment(templateId)}/unpause`, call);
  }

  getAccount(wabaId: string, call: GraphCall): Promise<nodes.AccountNode> {
    return this.calls.read({ endpoint: 'account', path: `/${segment(wabaId)}?fields=${ACCOUNT_FIELDS}`, ...call });
  }

  /** The numbers of a WABA, page by page as they are read. */
  listPhoneNumbers(wabaId: string, call: GraphCall): List<nodes.PhoneNumberNode> {
    const path = `/${segment(wabaId)}/phone_numbers?fields=${NUMBER_FIELDS}&limit=${PAGE_SIZE}`;
    return this.calls.list({ endpoint: 'phone_numbers', path, ...call });
  }

  getPhoneNumber(phoneNumberId: string, call: GraphCall): Promise<nodes.PhoneNumberNode> {
    const path = `/${segment(phoneNumberId)}?fields=${NUMBER_FIELDS}`;
    return this.calls.read({ endpoint: 'phone_number', path, ...call });
  }

  /** @param nodeId a number, a WABA or a template */
  getHealthStatus(nodeId: string, call: GraphCall): Promise<nodes.HealthStatusNode> {
    return this.calls.read({ endpoint: 'health_status', path: `/${segment(nodeId)}?fields=health_status`, ...call });
  }

  /** Adds a number to a WABA; it must be verified by a code and registered before it can send. */
  async addPhoneNumber(
    wabaId: string,
    number: nodes.NewPhoneNumber,
    call: GraphCall,
  ): Promise<{ readonly id: string }> {
    const body = { cc: number.countryCode, phone_number: number.phoneNumber, verified_name: number.verifiedName };
    const path = `/${segment(wabaId)}/phone_numbers`;
    const { id } = await this.calls.create({ endpoint: 'phone_numbers', method: 'POST', path, body, ...call });
    return { id };
  }

  /** Has Meta send or speak a code to the number. @param language such as en_US */
  requestCode(
    phoneNumberId: string,
    how: { method: 'SMS' | 'VOICE'; language: string },
    call: GraphCall,
  ): Promise<void> {
    const body = { code_method: how.method, language: how.language };
    return this.act('request_code', 'POST', `/${segment(phoneNumberId)}/request_code`, call, body);
  }

  /** @param code six digits; Meta shows them with a hyphen, which it does not take back */
  verifyCode(phoneNumberId: string, code: string, call: GraphCall): Promise<void> {
    const body = { code: code.replaceAll('-', '') };
    return this.act('verify_code', 'POST', `/${segment(phoneNumberId)}/verify_code`, call, body);
  }

  /** Registers the number with the Cloud API. Ten times in 72 hours, deregistering included. */
  register(
    phoneNumberId: string,
    { pin, dataLocalizationRegion }: { pin: string; dataLocalizationRegion?: string },
    call: GraphCall,
  ): Promise<void> {
    const region = dataLocalizationRegion === undefined ? {} : { data_localization_region: dataLocalizationRegion };
    const body = { ...WHATSAPP, pin, ...region };
    return this.act('register', 'POST', `/${segment(phoneNumberId)}/register`, call, body);
  }

  deregister(phoneNumberId: string, call: GraphCall): Promise<void> {
    return this.act('deregister', 'POST', `/${segment(phoneNumberId)}/deregister`, call);
  }

  /** Sets or changes the two-step PIN; it cannot be taken away over the API. */
  setPin(phoneNumberId: string, pin: string, call: GraphCall): Promise<void> {
    return this.act('phone_number', 'POST', `/${segment(phoneNumberId)}`, call, { pin });
  }

  /** Sends the number's `messages` webhooks to another callback, which Meta verifies at once; null takes that back. */
  overrideNumberCallback(phoneNumberId: string, to: nodes.CallbackOverride | null, call: GraphCall): Promise<void> {
    const body = { webhook_configuration: to === null ? { override_callback_uri: '' } : callbackOf(to) };
    return this.act('phone_number', 'POST', `/${segment(phoneNumberId)}`, call, body);
  }

  /**
   * Subscribes the token's app to the WABA's webhooks. Without an override it also clears one.
   * @throws WhatsAppWebhookError where Meta could not verify the callback
   */
  subscribeApp(wabaId: string, { override, ...call }: SubscribeCall): Promise<void> {
    const path = `/${segment(wabaId)}/subscribed_apps`;
    return this.act('subscribed_apps', 'POST', path, call, override && callbackOf(override));
  }

  unsubscribeApp(wabaId: string, call: GraphCall): Promise<void> {
    return this.act('subscribed_apps', 'DELETE', `/${segment(wabaId)}/subscribed_apps`, call);
  }

  listSubscribedApps(wabaId: string, call: GraphCall): List<nodes.SubscribedApp> {
    return this.calls.list({ endpoint: 'subscribed_apps', path: `/${segment(wabaId)}/subscribed_apps`, ...call });
  }

  async getBusinessProfile(phoneNumberId: string, call: GraphCall): Promise<nodes.BusinessProfile> {
    const path = `/${segment(phoneNumberId)}/whatsapp_business_profile?fields=${PROFILE_FIELDS}`;
    const question = { endpoint: 'business_profile', path, ...call } as const;
    const { data } = await this.calls.read<{ readonly data?: readonly nodes.BusinessProfile[] }>(question);
    if (!Array.isArray(data)) throw unreadable(question);
    return (data as readonly nodes.BusinessProfile[])[0] ?? {};
  }

  updateBusinessProfile(phoneNumberId: string, edit: nodes.BusinessProfileEdit, call: GraphCall): Promise<void> {
    const path = `/${segment(phoneNumberId)}/whatsapp_business_profile`;
    return this.act('business_profile', 'POST', path, call, { ...WHATSAPP, ...edit });
  }

  listBlockedUsers(phoneNumberId: string, call: GraphCall): List<nodes.BlockedUser> {
    const path = `/${segment(phoneNumberId)}/block_users?limit=${PAGE_SIZE}`;
    return this.calls.list({ endpoint: 'block_users', path, ...call });
  }

  blockUsers(phoneNumberId: string, users: readonly BlockTarget[], call: GraphCall): Promise<BlockOutcome> {
    return changeBlockedUsers(this.calls, 'POST', phoneNumberId, users, call);
  }

  unblockUsers(phoneNumberId: string, users: readonly BlockTarget[], call: GraphCall): Promise<BlockOutcome> {
    return changeBlockedUsers(this.calls, 'DELETE', phoneNumberId, users, call);
  }

  /** Exchanges the code of an embedded signup, which is good for one use within seconds, for the customer's token. */
  async exchangeCode({ clientId, clientSecret, code, signal }: CodeExchange): Promise<AccessToken> {
    const path = `/oauth/access_token${query({ client_id: clientId, client_secret: clientSecret, code })}`;
    const question = { endpoint: 'oauth', path, ...(signal && { signal }) } as const;
    const answer = await this.calls.read<Partial<AccessToken>>(question);
    if (answer.access_token === undefined) throw unreadable(question);
    return { ...answer, access_token: answer.access_token };
  }

  /** What Meta knows of `inputToken`; `call.token` is the app's own (`id|secret`) or the same token. */
  async debugToken(inputToken: string, call: GraphCall): Promise<TokenInfo> {
    const question = {
      endpoint: 'debug_token',
      path: `/debug_token${query({ input_token: inputToken })}`,
      ...call,
    } as const;
    const { data } = await this.calls.read<{ readonly data?: TokenInfo }>(question);
    if (!data) throw unreadable(question);
    return data;
  }

  /** Uploads a sample for a template's header or a picture for the profile. @returns the handle that stands for it */
  uploadSample(upload: SampleUpload): Promise<string> {
    return uploadSample(this.calls, upload);
  }

  /** Whether the Graph API answers, for health: no token, 2 s at most, never throws. */
  ping(): Promise<PingResult> {
    return ping(this.http);
  }

  /** Ends when the exchanges under way have ended. */
  close(): Promise<void> {
    return this.http.close();
  }

  private act(
    endpoint: GraphEndpoint,
    method: 'POST' | 'DELETE',
    path: string,
    call: GraphCall,
    body?: object,
  ): Promise<void> {
    return this.calls.act({ endpoint, method, path, ...(body && { body }), ...call });
  }
}

function mediaOf(
  mediaId: string,
  { phoneNumberId, ...call }: MediaCall,
): { path: string; mediaId: string } & GraphCall {
  return { path: `/${segment(mediaId)}${query({ phone_number_id: phoneNumberId })}`, mediaId, ...call };
}

function callbackOf({ callbackUrl, verifyToken }: nodes.CallbackOverride): object {
  return { override_callback_uri: callbackUrl, verify_token: verifyToken };
}
