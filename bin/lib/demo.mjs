/** The demo restaurant (prisma/demo.json, which the seed reads too) and how the simulator gets to know it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from './http.mjs';
import { ROOT } from './paths.mjs';

/** @type {{tenantName: string, accountName: string, wabaId: string, accessToken: string, numberId: string,
 *   displayPhoneNumber: string, verifiedName: string, throughputLevel: string, recipient: string, recipientName: string,
 *   notifications: object,
 *   templates: {name: string, language: string, category: string, parameterFormat: string, components: object[]}[]}} */
export const DEMO = JSON.parse(readFileSync(join(ROOT, 'prisma', 'demo.json'), 'utf8'));

/**
 * Tells the simulator of the Meta app and of the demo account; its state lives in memory, so at each start.
 * @param {import('./stack.mjs').Stack} stack
 * @param {{connected: boolean}} options connected: the account's webhooks go to the app already, as after a connect
 */
export async function describeDemo(stack, { connected }) {
  await request('POST', `${stack.simulatorUrl}/control/apps`, {
    body: { ...stack.metaApp, callbackUrl: `${stack.apiUrl}/webhooks/whatsapp` },
  });
  await request('POST', `${stack.simulatorUrl}/control/accounts`, {
    body: {
      wabaId: DEMO.wabaId,
      name: DEMO.accountName,
      token: DEMO.accessToken,
      appId: stack.metaApp.appId,
      subscribe: connected,
      numbers: [
        {
          id: DEMO.numberId,
          displayPhoneNumber: DEMO.displayPhoneNumber,
          verifiedName: DEMO.verifiedName,
          throughputLevel: DEMO.throughputLevel,
        },
      ],
      templates: DEMO.templates,
    },
  });
}
