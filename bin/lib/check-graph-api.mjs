/** A second restaurant comes by embedded signup, has a template reviewed, and exchanges pictures with a customer. */
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { until } from './until.mjs';

const ACCOUNT = {
  wabaId: '104996122399161',
  name: 'Osteria Check',
  numberId: '106540352242923',
  phone: '+40 21 555 0101',
};
const GUEST = '+40723000222';
const TEMPLATE = {
  name: 'table_question',
  language: 'en_US',
  category: 'UTILITY',
  components: [
    {
      type: 'BODY',
      text: 'Hello {{1}}, your table for tonight is booked. Will you come?',
      example: { body_text: [['Ana']] },
    },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'QUICK_REPLY', text: 'Yes' },
        { type: 'QUICK_REPLY', text: 'No' },
      ],
    },
  ],
};

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const customer = `/control/customers/${encodeURIComponent(GUEST)}`;
const withKey = ({ key }, body) => ({ key, body });

export const GRAPH_API = [
  [
    'a restaurant signs up at Meta',
    async (seen, { simulator }) => {
      const { wabaId, name, numberId, phone } = ACCOUNT;
      const number = { id: numberId, displayPhoneNumber: phone, verifiedName: name, status: 'UNVERIFIED' };
      await simulator('POST', '/control/accounts', {
        body: { wabaId, name, token: `EAA${randomUUID()}`, subscribe: false, numbers: [number], templates: [] },
      });
      seen.code = (await simulator('POST', `/control/accounts/${wabaId}/codes`, { body: {} })).code;
    },
  ],
  [
    'onboard it by its code',
    async (seen, { api }) => {
      const body = {
        method: 'code',
        code: seen.code,
        wabaId: ACCOUNT.wabaId,
        verification: { method: 'SMS', language: 'en_US' },
      };
      const onboarding = await api('POST', '/onboardings', withKey(seen, body));
      seen.onboardingId = onboarding.id;
      return `${onboarding.state} for ${onboarding.waitsFor}`;
    },
  ],
  [
    'the code that came to its phone ends the onboarding',
    async (seen, { api, simulator }) => {
      const path = `/onboardings/${seen.onboardingId}`;
      const sms = await simulator('GET', `/control/numbers/${ACCOUNT.numberId}/verification-code`);
      await api('POST', `${path}/resume`, withKey(seen, { verificationCode: sms.code }));
      const { numberId, steps } = await until(
        () => api('GET', path, withKey(seen)),
        ({ state }) => state === 'DONE',
      );
      seen.osteriaId = numberId;
      return steps.map(({ name, state }) => (state === 'DONE' ? name : `${name} ${state}`)).join(', ');
    },
  ],
  [
    'a canary proves that its webhooks arrive',
    async (seen, { api }) => {
      const path = `/numbers/${seen.osteriaId}/canary`;
      await api('POST', path, withKey(seen, {}));
      const { tookMs } = await until(
        () => api('GET', path, withKey(seen)),
        ({ state }) => state === 'SEEN',
      );
      return `${tookMs} ms`;
    },
  ],
  [
    'the doctor finds nothing broken',
    async (seen, { api }) => {
      const { status, checks } = await api('GET', `/numbers/${seen.osteriaId}/doctor`, withKey(seen));
      if (status === 'fail') throw new Error(JSON.stringify(checks.filter((one) => one.status === 'fail')));
      return `${checks.length} checks, worst: ${status}`;
    },
  ],
  [
    'a template goes through review',
    async (seen, { api }) => {
      const { id } = await api(
        'POST',
        '/templates',
        withKey(seen, { ...TEMPLATE, numberId: seen.osteriaId, submit: true }),
      );
      const { status } = await until(
        () => api('GET', `/templates/${id}`, withKey(seen)),
        (one) => one.status === 'APPROVED',
      );
      return `${TEMPLATE.name} ${status}`;
    },
  ],
  [
    'it is sent, and the customer presses its button',
    async (seen, { api, simulator }) => {
      await api(
        'POST',
        '/consents',
        withKey(seen, { phone: GUEST, purpose: 'utility', status: 'GRANTED', source: 'form' }),
      );
      const template = { name: TEMPLATE.name, language: TEMPLATE.language, parameters: { body: ['Ana'] } };
      const { id } = await api('POST', '/messages', withKey(seen, { numberId: seen.osteriaId, to: GUEST, template }));
      const { wamid } = await until(
        () => api('GET', `/messages/${id}`, withKey(seen)),
        (one) => ['DELIVERED', 'READ'].includes(one.status),
      );
      await simulator('POST', `${customer}/messages`, {
        body: { phoneNumberId: ACCOUNT.numberId, type: 'button', text: 'Yes', contextMessageId: wamid },
      });
      const page = await until(
        () => api('GET', `/messages?numberId=${seen.osteriaId}&direction=INBOUND`, withKey(seen)),
        ({ data }) => data.length > 0,
      );
      return page.data[0].displayContent;
    },
  ],
  [
    'a picture goes out',
    async (seen, context) => {
      seen.picture = await readFile(join(ROOT, 'bin', 'lib', 'check-picture.png'));
      const form = new FormData();
      form.append('file', new Blob([seen.picture]), 'table.png');
      const media = await context.api('POST', '/media', { key: seen.key, form });
      const body = { numberId: seen.osteriaId, to: GUEST, image: { id: media.id, caption: 'Your table' } };
      const { id } = await context.api('POST', '/messages', withKey(seen, body));
      await until(
        () => context.api('GET', `/messages/${id}`, withKey(seen)),
        (one) => ['DELIVERED', 'READ'].includes(one.status),
      );
      return `${media.kind} of ${media.bytes} bytes`;
    },
  ],
  [
    'a picture comes in, and is the one that was sent',
    async (seen, context) => {
      const form = new FormData();
      form.append('phoneNumberId', ACCOUNT.numberId);
      form.append('file', new Blob([seen.picture], { type: 'image/png' }), 'me.png');
      await context.simulator('POST', `${customer}/files`, { form });
      const path = `/messages?numberId=${seen.osteriaId}&direction=INBOUND`;
      const isStored = ({ media }) => media?.[0]?.state === 'STORED';
      const { data } = await until(
        () => context.api('GET', path, withKey(seen)),
        (page) => page.data.some(isStored),
      );
      const bytes = await context.download(`/media/${data.find(isStored).media[0].id}`, seen);
      if (sha256(bytes) !== sha256(seen.picture)) throw new Error('The picture came in changed');
      return `${bytes.length} bytes`;
    },
  ],
];
