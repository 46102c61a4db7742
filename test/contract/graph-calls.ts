import type { GraphClient } from '@parley/graph';
import type { MetaAccount } from '../support/meta.js';
import { PRODUCT_SENDS, ProductSender } from './product-sends.js';
import type { RecordingProxy } from './recording-proxy.js';

/** The calls of the client that reach Meta. */
export type GraphCallName = Exclude<keyof GraphClient, 'close'>;

/**
 * The operation of Meta's description behind each call; null where the description has none. The compiler demands a line
 * for every call that the client gets.
 */
export const OPERATIONS: Readonly<Record<GraphCallName, string | null>> = {
  sendMessage: 'sendMessage',
  getPhoneNumber: 'getPhoneNumberById',
  listPhoneNumbers: 'getWhatsAppBusinessAccountPhoneNumbers',
  getAccount: 'getWhatsAppBusinessAccountDetails',
  listTemplates: 'getTemplateByNameDefaultFields',
  subscribeApp: 'subscribeToWabaWebhooks',
  listSubscribedApps: 'getAllSubscriptionsForAWaba',
  debugToken: null,
  ping: null,
};

/** Makes every call of the client once or more, with all contents that the product sends, and two that are refused. */
export async function makeCalls(client: GraphClient, account: MetaAccount, proxy: RecordingProxy): Promise<void> {
  const { wabaId, phoneNumberId, accessToken: token } = account;
  const sender = new ProductSender(client, account);
  for (const send of PRODUCT_SENDS) {
    proxy.record('sendMessage', send.title);
    await sender.send(send);
  }

  const calls: Readonly<Record<Exclude<GraphCallName, 'sendMessage'>, () => Promise<unknown>>> = {
    getPhoneNumber: () => client.getPhoneNumber(phoneNumberId, { token }),
    listPhoneNumbers: () => readToEnd(client.listPhoneNumbers(wabaId, { token })),
    getAccount: () => client.getAccount(wabaId, { token }),
    listTemplates: () => readToEnd(client.listTemplates(wabaId, { token })),
    subscribeApp: () => client.subscribeApp(wabaId, { token }),
    listSubscribedApps: () => readToEnd(client.listSubscribedApps(wabaId, { token })),
    debugToken: () => client.debugToken(token, { token }),
    ping: () => client.ping(),
  };
  for (const [name, call] of Object.entries(calls)) {
    proxy.record(name, 'answered');
    await call();
  }
  proxy.record('getPhoneNumber', 'refused: no such number');
  await client.getPhoneNumber('404', { token }).catch(() => {});
  proxy.record('getAccount', 'refused: no such token');
  await client.getAccount(wabaId, { token: 'EAAunknown' }).catch(() => {});
}

async function readToEnd(list: AsyncIterable<object>): Promise<void> {
  for await (const _item of list);
}
