/** The main job, told in steps: a title, and what is done. `seen` carries what one step learns to the next. */
import { randomUUID } from 'node:crypto';
import { DEMO } from './demo.mjs';
import { until } from './until.mjs';

const ANSWER = 'Thank you, see you at eight!';

export const MAIN_JOB = [
  [
    'the platform makes a tenant and its key',
    async (seen, { api, secrets }) => {
      const tenant = await api('POST', '/tenants', { key: secrets.platformAdminKey, body: { name: DEMO.tenantName } });
      seen.key = tenant.apiKey;
      return tenant.id;
    },
  ],
  [
    'connect the number',
    async (seen, { api }) => {
      const body = { phoneNumberId: DEMO.numberId, wabaId: DEMO.wabaId, accessToken: DEMO.accessToken };
      const number = await api('POST', '/numbers', { key: seen.key, body });
      seen.numberId = number.id;
      return number.id;
    },
  ],
  [
    'sync the templates',
    async (seen, { api }) => {
      const { synced } = await api('POST', `/numbers/${seen.numberId}/sync-templates`, { key: seen.key });
      return `${synced} templates`;
    },
  ],
  [
    'record the consent',
    (seen, { api }) =>
      api('POST', '/consents', {
        key: seen.key,
        body: { phone: DEMO.recipient, purpose: 'utility', status: 'GRANTED', source: 'form' },
      }),
  ],
  [
    'send a template message',
    async (seen, { api }) => {
      const message = await api('POST', '/messages', {
        key: seen.key,
        headers: { 'idempotency-key': randomUUID() },
        body: {
          numberId: seen.numberId,
          to: DEMO.recipient,
          template: { name: 'order_confirmation', language: 'en_US', parameters: { body: ['Ana', 'A-1042'] } },
        },
      });
      seen.messageId = message.id;
      return `${message.id} ${message.status}`;
    },
  ],
  [
    'it is DELIVERED',
    (seen, { api }) =>
      until(
        () => api('GET', `/messages/${seen.messageId}`, { key: seen.key }),
        ({ status }) => ['DELIVERED', 'READ'].includes(status),
      ),
  ],
  [
    'it is READ',
    (seen, { api }) =>
      until(
        () => api('GET', `/messages/${seen.messageId}`, { key: seen.key }),
        ({ status }) => status === 'READ',
      ),
  ],
  [
    'the customer answers',
    (_seen, { simulator }) =>
      simulator('POST', `/control/customers/${encodeURIComponent(DEMO.recipient)}/messages`, {
        body: { phoneNumberId: DEMO.numberId, type: 'text', text: ANSWER },
      }),
  ],
  [
    'the conversation is there, with the answer',
    async (seen, { api }) => {
      const { data } = await until(
        () => api('GET', '/conversations', { key: seen.key }),
        (page) => page.data.length === 1,
      );
      const messages = `/conversations/${data[0].id}/messages`;
      await until(
        () => api('GET', messages, { key: seen.key }),
        (page) => JSON.stringify(page.data).includes(ANSWER),
      );
      return data[0].id;
    },
  ],
  [
    'the echo reply went out',
    (_seen, { simulator }) =>
      until(
        () => simulator('GET', `/control/ledger?phoneNumberId=${DEMO.numberId}`),
        (page) => sentTexts(page).some((text) => text.includes(ANSWER)),
      ),
  ],
];

/** The texts that the simulator accepted. */
function sentTexts(page) {
  return page.entries.filter(({ type }) => type === 'text').map(({ body }) => body?.text?.body ?? '');
}
