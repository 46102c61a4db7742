/** What happens between a restaurant and its guests: a spoken question, an order, a STOP, and an agent's evening. */
import { randomUUID } from 'node:crypto';
import { MODEL_ANSWER, SPOKEN } from './check-ai.mjs';
import { DEMO } from './demo.mjs';
import { until } from './until.mjs';

const SPEAKER = '+40723000333';
const GUESTS = ['+40723000401', '+40723000402', '+40723000403'];
const STOPPER = GUESTS[1];
const ASKER = '+40723000500';
const QUESTION = 'Do you have anything without gluten?';

const AI_CHAIN = {
  silenceMinutes: 30,
  steps: [
    { id: 'voice', type: 'transcribe', enabled: true },
    {
      id: 'assistant',
      type: 'ai',
      enabled: true,
      when: { kinds: ['audio'] },
      systemPrompt: 'You take bookings for a restaurant.',
      maxTokens: 200,
      contextMessages: 10,
      dailyTokens: 10_000,
    },
  ],
};

const withKey = ({ key }, body) => ({ key, body });
const writes = ({ simulator }, phone, text) =>
  simulator('POST', `/control/customers/${encodeURIComponent(phone)}/messages`, {
    body: { phoneNumberId: DEMO.numberId, type: 'text', text },
  });
const sentTo = async ({ simulator }, phone) => {
  const { entries } = await simulator('GET', `/control/ledger?phoneNumberId=${DEMO.numberId}&limit=500`);
  return entries.filter(({ recipient }) => `+${recipient}` === phone);
};
const conversationWith = async (seen, { api }, text) => {
  const isIt = ({ lastMessage }) => lastMessage === text;
  const { data } = await until(
    () => api('GET', '/conversations', withKey(seen)),
    (page) => page.data.some(isIt),
  );
  return data.find(isIt);
};
const see = (seen, { api }) => api('GET', `/conversations/${seen.conversationId}`, withKey(seen));

export const CONVERSATIONS = [
  [
    'a guest speaks: the voice note becomes text, and a model answers',
    async (seen, context) => {
      const { api, simulator } = context;
      await api('PUT', '/settings/automations', withKey(seen, AI_CHAIN));
      await simulator('POST', `/control/customers/${encodeURIComponent(SPEAKER)}/messages`, {
        body: { phoneNumberId: DEMO.numberId, type: 'audio', voice: true },
      });
      await until(
        () => sentTo(context, SPEAKER),
        (entries) => entries.some(({ body }) => body?.text?.body === MODEL_ANSWER),
      );
      const { data } = await api('GET', `/messages?numberId=${seen.numberId}&direction=INBOUND`, withKey(seen));
      const spoken = data.find(({ kind }) => kind === 'audio');
      if (spoken?.transcript !== SPOKEN) throw new Error(`The transcript is ${JSON.stringify(spoken?.transcript)}`);
      return `"${spoken.transcript}" – "${MODEL_ANSWER}"`;
    },
  ],
  [
    'an order becomes a message in Romanian',
    async (seen, context) => {
      const { api } = context;
      await api('PUT', '/settings/notifications', withKey(seen, { ...DEMO.notifications, numberId: seen.numberId }));
      const order = { id: randomUUID(), number: 'A-1042', total: 1250.5, currency: 'RON', itemCount: 20 };
      const event = {
        type: 'order.confirmed',
        eventId: `order-${order.id}`,
        to: DEMO.recipient,
        language: 'ro',
        data: { order, customer: { firstName: 'Ana' } },
      };
      const first = await api('POST', '/notifications', withKey(seen, event));
      const again = await api('POST', '/notifications', withKey(seen, event));
      if (again.id !== first.id) throw new Error('The same event made two messages');
      const message = await until(
        () => api('GET', `/messages/${first.id}`, withKey(seen)),
        ({ status }) => ['DELIVERED', 'READ'].includes(status),
      );
      return message.displayContent;
    },
  ],
  [
    'a STOP in the middle of a campaign keeps the rest from leaving',
    async (seen, context) => {
      const { api } = context;
      for (const phone of GUESTS)
        await api('POST', '/consents', withKey(seen, { phone, purpose: 'utility', status: 'GRANTED', source: 'form' }));
      const hold = await api(
        'POST',
        '/holds',
        withKey(seen, { scope: 'number', scopeId: seen.numberId, reason: 'The kitchen is closed' }),
      );
      const template = { name: 'order_confirmation', parameters: { body: ['friend', 'A-1042'] } };
      const campaign = await api(
        'POST',
        '/campaigns',
        withKey(seen, {
          name: 'News',
          numberId: seen.numberId,
          variants: [{ name: 'A', percent: 100, defaultLocale: 'en_US', templates: { en_US: template } }],
        }),
      );
      await api('POST', `/campaigns/${campaign.id}/recipients`, withKey(seen, { recipients: GUESTS.map((to) => ({ to })) }));
      await api('POST', `/campaigns/${campaign.id}/start`, withKey(seen));
      await until(
        () => api('GET', `/messages?numberId=${seen.numberId}&status=QUEUED`, withKey(seen)),
        ({ data }) => data.length >= GUESTS.length,
      );
      await writes(context, STOPPER, 'Stop!');
      await until(
        () => api('GET', `/consents?phone=${encodeURIComponent(STOPPER)}`, withKey(seen)),
        ({ data }) => data.every(({ status }) => status === 'REVOKED') && data.length > 0,
      );
      await api('DELETE', `/holds/${hold.id}`, withKey(seen));
      for (const phone of GUESTS.filter((one) => one !== STOPPER))
        await until(
          () => sentTo(context, phone),
          (entries) => entries.length === 1,
        );
      const toStopper = await until(
        () => sentTo(context, STOPPER),
        (entries) => entries.length === 1,
      );
      if (toStopper.some(({ type }) => type === 'template')) throw new Error('The campaign went on for whoever said STOP');
      return `${GUESTS.length - 1} got it; whoever stopped was told: "${toStopper[0].body?.text?.body}"`;
    },
  ],
  [
    'a guest asks, and an agent takes the conversation',
    async (seen, context) => {
      const { api } = context;
      await api('PUT', '/settings/automations', withKey(seen, { silenceMinutes: 30, steps: [] }));
      await writes(context, ASKER, QUESTION);
      seen.conversationId = (await conversationWith(seen, context, QUESTION)).id;
      const agent = { subject: 'maria', email: 'maria@example.com', name: 'Maria', role: 'agent' };
      seen.agentId = (await api('POST', '/users', withKey(seen, agent))).id;
      const { state, slaStatus, minutesUntilBreach } = await api(
        'POST',
        `/conversations/${seen.conversationId}/assign`,
        withKey(seen, { userId: seen.agentId }),
      );
      return `${state}, ${slaStatus}, ${minutesUntilBreach} minutes left`;
    },
  ],
  [
    'two and a half hours pass: the service level is breached, and the conversation escalated',
    async (seen, context) => {
      await context.clock.pass(seen.conversationId, 2.5 * 60);
      const { slaStatus, minutesUntilBreach, priority, escalationPriority } = await until(
        () => see(seen, context),
        (one) => one.slaStatus === 'breached' && one.priority !== 'NORMAL',
      );
      return `${slaStatus} since ${-minutesUntilBreach} minutes, ${priority}, escalation priority ${escalationPriority}`;
    },
  ],
  [
    'the agent answers, and resolves it',
    async (seen, { api, ...context }) => {
      const path = `/conversations/${seen.conversationId}`;
      await api('POST', `${path}/messages`, withKey(seen, { text: { body: 'Yes: the risotto, and all salads.' } }));
      await until(
        () => sentTo(context, ASKER),
        (entries) => entries.length === 1,
      );
      return (await api('POST', `${path}/resolve`, withKey(seen))).state;
    },
  ],
  [
    'eight days later, at one in the morning, it is archived',
    async (seen, context) => {
      await context.api('PATCH', '/tenant', withKey(seen, { timeZone: context.clock.zoneAtOne() }));
      await context.clock.pass(seen.conversationId, 8 * 24 * 60);
      await until(
        () => see(seen, context),
        ({ state }) => state === 'ARCHIVED',
      );
      const { data } = await context.api('GET', `/conversations/${seen.conversationId}/timeline`, withKey(seen));
      return data.map(({ type }) => type).toReversed().join(', ');
    },
  ],
  [
    'the statistics have it',
    async (seen, { api }) => {
      const { total } = await until(
        () => api('GET', '/stats', withKey(seen)),
        (stats) => stats.waitingSince === null && stats.total.messages.received >= 4 && stats.total.durations.resolution.count === 1,
      );
      const { received, accepted, deliveryRate } = total.messages;
      return `${received} received, ${accepted} accepted, delivery rate ${deliveryRate}, ${total.durations.resolution.count} resolved`;
    },
  ],
];
