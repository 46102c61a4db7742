/**
 * `bin/bench reading`: lists, search and history of a tenant with 1,000,000 messages in 100,000 conversations, beside 20 others with a
 * twentieth of that each. One request after another; the worst 95th percentile of all kinds counts.
 */
import { Child } from './lib/child.js';
import { quantile, rounded } from './lib/begin.js';
import { runTrial } from './lib/trial.js';
import { letTalk, type TalkativeTenant } from './world/conversations.js';

const MESSAGES = 1_000_000;
const SMOKE_MESSAGES = 10_000;
const OTHERS = 20;
const MESSAGES_A_CONVERSATION = 10;
const REQUESTS = 60;
const SMOKE_REQUESTS = 3;
const BAR_MS = 50;

/** What is asked, by the number of the request: caches and luck have no part in it. */
const QUESTIONS: Readonly<Record<string, (at: number) => string>> = {
  list: () => '/v1/conversations',
  listOpen: () => '/v1/conversations?state=OPEN,ASSIGNED',
  listArchived: () => '/v1/conversations?state=ARCHIVED',
  listUnread: () => '/v1/conversations?unread=true',
  listUnassigned: () => '/v1/conversations?assignedTo=none&state=OPEN',
  listUrgent: () => '/v1/conversations?priority=URGENT',
  listTag: () => '/v1/conversations?tag=vip',
  listRareTag: () => '/v1/conversations?tag=rare',
  listCustomer: (at) => `/v1/conversations?customerId=C-${at * 10}`,
  listBreached: () => '/v1/conversations?slaStatus=breached',
  listByUrgency: () => '/v1/conversations?sort=urgency',
  listSpan: (at) => `/v1/conversations?from=${daysAgo(80 - at)}&to=${daysAgo(79 - at)}`,
  searchRare: () => '/v1/messages/search?q="aubergine"',
  searchCommon: () => '/v1/messages/search?q="comanda"',
  searchPhrase: () => '/v1/messages/search?q="pasta%20comanda"',
  searchOrder: (at) => `/v1/messages/search?q="o${at * 7}"`,
  searchBeginning: (at) => `/v1/messages/search?q=w${3_000 + at}`,
  searchShort: (at) => `/v1/messages/search?q=comanda%20w${(at % 9) + 1}`,
  searchNever: () => '/v1/messages/search?q="pizza"%20"pasta"',
  searchNothing: (at) => `/v1/messages/search?q="nothing${at}"`,
  conversationsWith: () => '/v1/conversations?q="pizza"',
};

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

await runTrial({
  name: 'reading',
  bar: BAR_MS,
  passes: 'at most',
  async run({ environment, database }) {
    const { config, smoke, variables, logDir, profileDir } = environment;
    const messages = smoke ? SMOKE_MESSAGES : (environment.rows ?? MESSAGES);
    const talk = (count: number) => ({ messages: count, conversations: count / MESSAGES_A_CONVERSATION, longest: count / 100 });
    for (let at = 1; at <= OTHERS; at += 1) await letTalk(database, at, talk(messages / OTHERS));
    const tenant = await letTalk(database, 0, talk(messages));
    await database.tidy('tenants', 'contacts', 'conversations', 'messages', 'message_texts', 'message_text_slices', 'message_words');
    const url = `http://127.0.0.1:${config.API_PORT}`;
    const api = await Child.app('api', { env: variables, readyUrl: `${url}/health/ready`, logDir, profileDir });
    const requests = smoke ? SMOKE_REQUESTS : REQUESTS;
    const p95: Record<string, number> = {};
    const all: number[] = [];
    for (const [name, question] of [...Object.entries(QUESTIONS), await deepPages(url, tenant)] as [string, (at: number) => string][]) {
      const times: number[] = [];
      for (let at = 0; at <= requests; at += 1) times.push(await timeOf(url + question(at), tenant));
      // The first one finds connections, and statements, unprepared.
      p95[name] = quantile(times.slice(1), 0.95);
      all.push(...times.slice(1));
      console.log(`${name}: p95 ${rounded(p95[name], 1)} ms`);
    }
    const worst = Math.max(...Object.values(p95));
    return { ratio: worst, ours: worst, floor: null, p50Ms: quantile(all, 0.5), p99Ms: quantile(all, 0.99), items: all.length, more: p95, measured: [api] };
  },
});

/** Pages from the middle of the long conversation. */
async function deepPages(url: string, { apiKey, longConversationId }: TalkativeTenant): Promise<[string, () => string]> {
  const path = `/v1/conversations/${longConversationId}/messages`;
  let cursor = '';
  for (let page = 0; page < 30; page += 1) {
    const answer = await fetch(`${url}${path}?limit=100${cursor}`, { headers: { authorization: `Bearer ${apiKey}` } });
    const { nextCursor } = (await answer.json()) as { nextCursor: string | null };
    if (nextCursor === null) break;
    cursor = `&before=${nextCursor}`;
  }
  return ['history', () => `${path}?limit=50${cursor}`];
}

async function timeOf(url: string, { apiKey }: TalkativeTenant): Promise<number> {
  const startedAt = performance.now();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } });
  await answer.text();
  if (answer.status !== 200) throw new Error(`${url} was answered ${answer.status}`);
  return performance.now() - startedAt;
}
