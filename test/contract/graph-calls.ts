import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { GRAPH_ERRORS } from '@parley/domain';
import type { FileToUpload, GraphClient } from '@parley/graph';
import type { MetaAccount, TestMeta } from '../support/meta.js';
import type { GraphCallName } from './operations.js';
import { PRODUCT_SENDS, ProductSender } from './product-sends.js';
import type { RecordingProxy } from './recording-proxy.js';

/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const PIN = '123456';
const GUEST = '+40712345678';
const STRANGER = '+40712345679';
const APP = { appId: '1001', appSecret: 'shh' };

/** What the calls are made with. */
export interface ContractWorld {
  readonly client: GraphClient;
  readonly proxy: RecordingProxy;
  readonly meta: TestMeta;
  readonly account: MetaAccount;
  /** Answers Meta's handshake. */
  readonly callback: { readonly callbackUrl: string; readonly verifyToken: string };
}

/**
 * Makes every call of the client, each in the state in which Meta takes it, with all contents that the product sends; and
 * every call once more with a token that Meta does not know.
 */
export async function makeCalls(world: ContractWorld): Promise<void> {
  const { client, proxy, account } = world;
  const { phoneNumberId, accessToken: token } = account;
  proxy.record('uploadMedia', 'for the sends');
  const { id: mediaId } = await client.uploadMedia({ phoneNumberId, ...png(), token });
  const sender = new ProductSender(client, account, mediaId);
  for (const send of PRODUCT_SENDS) {
    proxy.record('sendMessage', send.title);
    await sender.send(send);
  }
  const made: Made = {};
  for (const [name, call] of Object.entries(callsOf(world, made))) {
    proxy.record(name, 'answered');
    await call();
  }
  await meetErrors(world);
  proxy.record('getPhoneNumber', 'refused: no such number');
  await client.getPhoneNumber('404', { token }).catch(() => {});
  for (const [name, call] of Object.entries(
    callsOf({ ...world, account: { ...account, accessToken: 'EAAunknown' } }, made),
  )) {
    proxy.record(name, 'refused: no such token');
    await call().catch(() => {});
  }
}

/** Asks as somebody's own code would. */
export async function askSimulator({ proxy, account }: ContractWorld, version: string): Promise<void> {
  const url = `${proxy.url}/${version}/${account.phoneNumberId}/settings`;
  const headers = { authorization: `Bearer ${account.accessToken}`, 'content-type': 'application/json' };
  proxy.record('changeSettings', 'simulated');
  const settings = { user_identity_change: { enable_identity_key_check: true } };
  await fetch(url, { method: 'POST', headers, body: JSON.stringify(settings) });
  proxy.record('readSettings', 'simulated');
  await fetch(url, { headers });
}

/** Every error of the table, as the answer to one call. */
async function meetErrors({ client, proxy, meta, account }: ContractWorld): Promise<void> {
  const { phoneNumberId, accessToken: token } = account;
  for (const code of GRAPH_ERRORS.flatMap(({ codes }) => codes.flat())) {
    await meta.control('POST', 'faults', { kind: 'error', code, match: { path: phoneNumberId } });
    proxy.record('getPhoneNumber', `refused: ${code}`);
    await client.getPhoneNumber(phoneNumberId, { token }).catch(() => {});
  }
}

/** What earlier calls made, for the later ones. */
interface Made {
  mediaId?: string;
  mediaUrl?: string;
  templateId?: string;
  numberId?: string;
}

type Calls = Readonly<Record<Exclude<GraphCallName, 'sendMessage'>, () => Promise<unknown>>>;

/** In the order in which they can be made. */
function callsOf(world: ContractWorld, made: Made): Calls {
  return {
    ...messageCalls(world, made),
    ...templateCalls(world, made),
    ...numberCalls(world, made),
    ...accountCalls(world),
  };
}

function png(): FileToUpload {
  return { mimeType: 'image/png', fileName: 'dish.png', bytes: PNG.length, body: Readable.from([PNG]) };
}

type MessageCalls = 'markRead' | 'uploadMedia' | 'getMedia' | 'downloadMedia' | 'deleteMedia' | 'uploadSample';

function messageCalls({ client, meta, account }: ContractWorld, made: Made): Pick<Calls, MessageCalls> {
  const { phoneNumberId, accessToken: token } = account;
  const call = { token };
  return {
    markRead: async () => {
      const wamid = await meta.customerWrites(GUEST, phoneNumberId);
      await client.markRead({ phoneNumberId, wamid, ...call });
      await client.markRead({ phoneNumberId, wamid, typing: true, ...call });
    },
    uploadMedia: async () => {
      const { id } = await client.uploadMedia({ phoneNumberId, ...png(), ...call });
      made.mediaId = id;
    },
    getMedia: async () => {
      const { url } = await client.getMedia(made.mediaId!, { phoneNumberId, ...call });
      made.mediaUrl = url;
    },
    downloadMedia: async () => {
      const { stream } = await client.downloadMedia(made.mediaUrl!, { maxBytes: PNG.length, ...call });
      await buffer(stream);
    },
    deleteMedia: () => client.deleteMedia(made.mediaId!, { phoneNumberId, ...call }),
    uploadSample: () => client.uploadSample({ appId: APP.appId, ...png(), ...call }),
  };
}

type TemplateCalls =
  'listTemplates' | 'createTemplate' | 'getTemplate' | 'editTemplate' | 'unpauseTemplate' | 'deleteTemplate';

function templateCalls({ client, meta, account }: ContractWorld, made: Made): Pick<Calls, TemplateCalls> {
  const { wabaId, accessToken: token } = account;
  const call = { token };
  const components = [
    { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['A-1'] } },
    {
      type: 'BODY',
      text: "Hello {{1}}, your table is kept until {{2}} o'clock.",
      example: { body_text: [['Ana', '19']] },
    },
    { type: 'FOOTER', text: 'Trattoria' },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'I am late' }] },
  ];
  const draft = { name: 'contract_table', language: 'en_US', category: 'UTILITY', parameter_format: 'POSITIONAL' };
  return {
    listTemplates: () => readToEnd(client.listTemplates(wabaId, call)),
    createTemplate: async () => {
      const { id } = await client.createTemplate(wabaId, { ...draft, components }, call);
      made.templateId = id;
    },
    getTemplate: () => client.getTemplate(made.templateId!, call),
    editTemplate: async () => {
      await meta.control('PUT', `templates/${made.templateId!}`, { status: 'APPROVED' });
      await client.editTemplate(made.templateId!, { components: components.slice(1) }, call);
    },
    unpauseTemplate: async () => {
      await meta.control('PUT', `templates/${made.templateId!}`, { status: 'PAUSED' });
      await client.unpauseTemplate(made.templateId!, call);
    },
    deleteTemplate: () => client.deleteTemplate(wabaId, { name: draft.name, templateId: made.templateId! }, call),
  };
}

type NumberCalls =
  | 'listPhoneNumbers'
  | 'getPhoneNumber'
  | 'getHealthStatus'
  | 'addPhoneNumber'
  | 'requestCode'
  | 'verifyCode'
  | 'register'
  | 'setPin'
  | 'deregister'
  | 'overrideNumberCallback'
  | 'getBusinessProfile'
  | 'updateBusinessProfile'
  | 'listBlockedUsers'
  | 'blockUsers'
  | 'unblockUsers';

function numberCalls({ client, meta, account, callback }: ContractWorld, made: Made): Pick<Calls, NumberCalls> {
  const { wabaId, phoneNumberId, accessToken: token } = account;
  const call = { token };
  const [guest, stranger] = [{ user: GUEST }, { user: STRANGER }];
  return {
    listPhoneNumbers: () => readToEnd(client.listPhoneNumbers(wabaId, call)),
    getPhoneNumber: () => client.getPhoneNumber(phoneNumberId, call),
    getHealthStatus: () => client.getHealthStatus(phoneNumberId, call),
    addPhoneNumber: async () => {
      const number = { countryCode: '40', phoneNumber: '215550101', verifiedName: 'Trattoria' };
      const { id } = await client.addPhoneNumber(wabaId, number, call);
      made.numberId = id;
    },
    requestCode: () => client.requestCode(made.numberId!, { method: 'SMS', language: 'en_US' }, call),
    verifyCode: async () => {
      const sent = (await meta.control('GET', `numbers/${made.numberId!}/verification-code`)) as {
        code: string | null;
      };
      await client.verifyCode(made.numberId!, sent.code ?? '000-000', call);
    },
    register: () => client.register(made.numberId!, { pin: PIN, dataLocalizationRegion: 'DE' }, call),
    setPin: () => client.setPin(made.numberId!, PIN, call),
    deregister: () => client.deregister(made.numberId!, call),
    overrideNumberCallback: async () => {
      await client.overrideNumberCallback(phoneNumberId, callback, call);
      await client.overrideNumberCallback(phoneNumberId, null, call);
    },
    updateBusinessProfile: () =>
      client.updateBusinessProfile(phoneNumberId, { about: 'Open till late', websites: ['https://example.com'] }, call),
    getBusinessProfile: () => client.getBusinessProfile(phoneNumberId, call),
    // The stranger never wrote, so that it fails in part.
    blockUsers: () => client.blockUsers(phoneNumberId, [guest, stranger], call),
    listBlockedUsers: () => readToEnd(client.listBlockedUsers(phoneNumberId, call)),
    unblockUsers: () => client.unblockUsers(phoneNumberId, [guest], call),
  };
}

function accountCalls({
  client,
  meta,
  account,
  callback,
}: ContractWorld): Omit<Calls, MessageCalls | TemplateCalls | NumberCalls> {
  const { wabaId, accessToken: token } = account;
  const call = { token };
  return {
    getAccount: () => client.getAccount(wabaId, call),
    subscribeApp: async () => {
      await client.subscribeApp(wabaId, { override: callback, ...call });
      await client.subscribeApp(wabaId, call);
    },
    listSubscribedApps: () => readToEnd(client.listSubscribedApps(wabaId, call)),
    unsubscribeApp: () => client.unsubscribeApp(wabaId, call),
    exchangeCode: async () => {
      const { code } = (await meta.control('POST', `accounts/${wabaId}/codes`, {})) as { code: string };
      await client.exchangeCode({ clientId: APP.appId, clientSecret: APP.appSecret, code });
    },
    debugToken: () => client.debugToken(token, call),
    ping: () => client.ping(),
  };
}

async function readToEnd(list: AsyncIterable<object>): Promise<void> {
  for await (const _item of list);
}
