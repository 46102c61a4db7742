import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { AutomationStep } from '@parley/domain';
import { ShutdownSteps } from '@parley/platform';
import { MediaStorage } from '@parley/storage';
import { Webhook } from 'standardwebhooks';
import { WakeWaitingRuns } from '../../apps/worker/src/automations/wake-waiting-runs.js';
import { Retention } from '../../apps/worker/src/sweeper/retention.js';
import * as endpoint from '../support/automations.js';
import { answersIn, BOT_SECRET, endsOf, runsOf, says, saysAgain, sealedFor, setChain, setSection, setStepSecret, settleChains, type Said } from '../support/automations.js';
import { FakeGraph, json, type SeenRequest } from '../support/fake-graph.js';
import type { TestTenant } from '../support/fixtures.js';
import { opus } from '../support/media-files.js';
import { waitFor } from '../support/wait-for.js';
import { TestWorker } from '../support/worker.js';

type Script = (response: ServerResponse, request: SeenRequest) => void | Promise<void>;

let worker: TestWorker;
let server: FakeGraph;
/** Of the operator, at an origin that tenants must not reach. */
let operators: FakeGraph;
let operatorSays: Script;
let folder: string;
/** What is answered, by the first part of the path: each test has one of its own. */
const scripts = new Map<string, Script>();
let paths = 0;

/** An endpoint of the test's own. */
function endpointOf(script: Script): { url: string; seen: () => SeenRequest[] } {
  const path = `/e${(paths += 1)}`;
  scripts.set(path, script);
  return { url: `${server.url}${path}`, seen: () => server.seen.filter(({ url }) => url === path || url.startsWith(`${path}/`)) };
}

const ECHO: AutomationStep = { id: 'echo', type: 'echo', enabled: true };
const bot = (url: string): AutomationStep => ({ id: 'bot', type: 'bot', enabled: true, url });
const reply = (...messages: unknown[]): Script => (response) => json(response, 200, { messages });
const chat = (message: object, tokens = 100): Script => (response) => json(response, 200, { choices: [{ message }], usage: { total_tokens: tokens } });

async function tenantWithBot(script: Script): Promise<{ tenant: TestTenant; url: string; seen: () => SeenRequest[] }> {
  const [tenant, made] = [await worker.tenant(), endpointOf(script)];
  await setChain(worker, tenant, [bot(made.url), ECHO]);
  await setStepSecret(worker, tenant, 'bot', made.url);
  return { tenant, ...made };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-automations-'));
  server = await FakeGraph.start((request, response) => void scripts.get(/^\/[^/]+/.exec(request.url)?.[0] ?? '')?.(response, request));
  operators = await FakeGraph.start((request, response) => void operatorSays(response, request));
  worker = await TestWorker.start({
    POLL_INTERVAL_MS: '60000',
    STORAGE_FOLDER: folder,
    HTTP_ALLOWED_ORIGINS: server.url,
    AI_URL: `${operators.url}/v1`,
    AI_KEY: 'operators-key',
    AI_MODEL: 'operators-model',
    BOT_TIMEOUT_MS: '250',
    AI_TIMEOUT_MS: '2000',
    AUTOMATION_CONCURRENCY: '4',
    AUTOMATION_TENANT_CONCURRENCY: '2',
  });
});
afterAll(async () => {
  await worker.stop();
  await Promise.all([server.stop(), operators.stop()]);
  await rm(folder, { recursive: true, force: true });
});

describe('a bot', () => {
  it('is told of the message by a signed webhook, and its messages are the answer', async () => {
    const { tenant, seen } = await tenantWithBot(reply({ text: { body: 'One' } }, { text: { body: 'Two' } }));
    const said = await says(worker, tenant, 'Aveți loc diseară?');
    await settleChains(worker, said);
    const [{ headers, body }, ...others] = seen() as [SeenRequest, ...SeenRequest[]];
    expect(others).toEqual([]);
    expect(new Webhook(BOT_SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'message.received',
      data: { messageId: said.messageId, conversationId: said.conversationId, text: 'Aveți loc diseară?', isFirst: true },
    });
    expect(headers['webhook-id']).toBe(`${said.messageId}:bot`);
    expect(() => new Webhook(`whsec_${Buffer.from('another key').toString('base64')}`).verify(body, headers as Record<string, string>)).toThrow();
    expect(await answersIn(worker, said)).toEqual([{ sender: 'app', text: 'One' }, { sender: 'app', text: 'Two' }]);
    expect(await endsOf(worker, said)).toEqual(['bot ANSWERED']);
  });

  it.each<[string, Script, string, number]>([
    ['fails', endpoint.fail, 'http-error', 2],
    ['refuses', endpoint.refuse, 'http-error', 1],
    ['hangs', endpoint.hang, 'timeout', 1],
    ['sends 10 MB', endpoint.flood, 'answer-too-large', 1],
    ['breaks its JSON', endpoint.broken, 'answer-invalid', 1],
    ['redirects to a private address', endpoint.redirect, 'redirect', 1],
    ['says too much', reply(...Array.from({ length: 6 }, () => ({ text: { body: 'x' } }))), 'answer-invalid', 1],
    ['writes to somebody else', reply({ to: '+40722000000', text: { body: 'x' } }), 'answer-invalid', 1],
    ['sends what WhatsApp does not take', reply({ text: { body: 'x'.repeat(5_000) } }), 'answer-refused', 1],
  ])('that %s fails, and the chain goes on', async (_, script, reason, calls) => {
    const { tenant, seen } = await tenantWithBot(script);
    const said = await says(worker, tenant, 'hello');
    await settleChains(worker, said);
    expect(await endsOf(worker, said)).toEqual([`bot FAILED ${reason}`, 'echo ANSWERED']);
    expect(seen()).toHaveLength(calls);
    expect(await answersIn(worker, said)).toMatchObject([{ sender: 'system' }]);
  });

  it('may answer later, or not at all', async () => {
    const later = await tenantWithBot((response) => void response.writeHead(202).end());
    const never = await tenantWithBot((response) => void response.writeHead(204).end());
    const [first, second] = [await says(worker, later.tenant, 'hello'), await says(worker, never.tenant, 'hello')];
    await settleChains(worker, first, second);
    expect(await endsOf(worker, first)).toEqual(['bot ANSWERED answers-later']);
    expect(await endsOf(worker, second)).toEqual(['bot PASSED nothing-to-say', 'echo ANSWERED']);
  });

  it('at an address that is not public is not asked, nor one for which no secret was set, nor with the secret of another', async () => {
    const { tenant, url, seen } = await tenantWithBot(reply({ text: { body: 'x' } }));
    const other = await worker.tenant();
    await setChain(worker, other, [bot(url)]);
    const unset = await says(worker, other, 'hello');
    await settleChains(worker, unset);
    expect(await endsOf(worker, unset)).toEqual(['bot FAILED secret-missing']);
    await worker.pool.query('INSERT INTO automation_secrets SELECT $1::uuid, step, origin, version, sealed, updated_by FROM automation_secrets WHERE tenant_id = $2', [other.tenantId, tenant.tenantId]);
    const stolen = await says(worker, other, 'hello');
    await settleChains(worker, stolen);
    expect(await endsOf(worker, stolen)).toEqual(['bot FAILED secret-unreadable']);
    // The same step at another address: the secret was not set for that one.
    for (const inside of ['http://10.0.0.1', operators.url]) {
      await setChain(worker, tenant, [bot(inside)]);
      const moved = await says(worker, tenant, 'hello');
      await settleChains(worker, moved);
      expect(await endsOf(worker, moved)).toEqual(['bot FAILED secret-missing']);
      await worker.pool.query('UPDATE automation_secrets SET origin = $2, sealed = $3 WHERE tenant_id = $1', [tenant.tenantId, inside, sealedFor(worker, tenant, 'bot', inside)]);
      const refused = await says(worker, tenant, 'hello');
      await settleChains(worker, refused);
      expect(await endsOf(worker, refused)).toEqual(['bot FAILED address-refused']);
    }
    expect([seen(), operators.seen]).toEqual([[], []]);
  });

  it('is asked again after a crash, and the customer has one answer', async () => {
    let answers = 0;
    const { tenant, seen } = await tenantWithBot((response) => json(response, 200, { messages: [{ text: { body: `Answer ${(answers += 1)}` } }] }));
    const said = await says(worker, tenant, 'hello');
    await settleChains(worker, said);
    const unrecorded = `UPDATE automation_runs SET state = 'RUNNING', until = now(), finished_at = NULL, reason = NULL, attempts = $2 WHERE message_id = $1`;
    await worker.pool.query(unrecorded, [said.messageId, 1]);
    await settleChains(worker, said);
    expect(seen().map(({ headers }) => headers['webhook-id'])).toEqual([`${said.messageId}:bot`, `${said.messageId}:bot`]);
    expect(await answersIn(worker, said)).toEqual([{ sender: 'app', text: 'Answer 1' }]);
    await worker.pool.query(unrecorded, [said.messageId, 3]);
    await settleChains(worker, said);
    expect(await endsOf(worker, said)).toEqual(['bot FAILED gave-up', 'echo ANSWERED']);
    expect(seen()).toHaveLength(2);
  });

  it('that hangs delays no other tenant, fills its own places only, and is left alone after five failures', async () => {
    const slow = await tenantWithBot(endpoint.hang);
    const quick = await tenantWithBot(reply({ text: { body: 'Here' } }));
    const waiting = await Promise.all(Array.from({ length: 7 }, (_, at) => says(worker, slow.tenant, `hello ${at}`)));
    await worker.answer();
    const said = await says(worker, quick.tenant, 'hello');
    await settleChains(worker, said);
    expect(await endsOf(worker, said)).toEqual(['bot ANSWERED']);
    const [held] = await worker.rows<{ running: number; open: number }>(
      `SELECT (count(*) FILTER (WHERE state = 'RUNNING'))::int AS running, count(*)::int AS open FROM automation_runs WHERE tenant_id = $1 AND until IS NOT NULL`,
      [slow.tenant.tenantId],
    );
    expect(held!.open).toBeGreaterThan(0);
    expect(held!.running).toBeLessThanOrEqual(2);
    await settleChains(worker, ...waiting);
    const reasons = (await Promise.all(waiting.map((one) => runsOf(worker, one)))).map(([first]) => first!.reason);
    expect(reasons.filter((reason) => reason === 'breaker').length).toBeGreaterThanOrEqual(1);
    expect(slow.seen().length).toBeLessThanOrEqual(6);
    expect((await Promise.all(waiting.map((one) => answersIn(worker, one)))).every((answers) => answers.length === 1)).toBe(true);
  });

  it('is asked in the order of a conversation, one message after the other', async () => {
    let underway = 0;
    let most = 0;
    const { tenant, seen } = await tenantWithBot(async (response) => {
      most = Math.max(most, (underway += 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      underway -= 1;
      response.writeHead(204).end();
    });
    const first = await says(worker, tenant, 'one');
    const rest = [await saysAgain(worker, tenant, first, 'two'), await saysAgain(worker, tenant, first, 'three')];
    await settleChains(worker, first, ...rest);
    expect(seen().map(({ body }) => (JSON.parse(body) as { data: { text: string } }).data.text)).toEqual(['one', 'two', 'three']);
    expect(most).toBe(1);
  });

  it('is not asked while a person answers, and comes too late when one begins meanwhile', async () => {
    const spoken = (said: Said) => worker.pool.query('UPDATE conversations SET staff_at = now() WHERE id = $1', [said.conversationId]);
    let during: () => Promise<unknown> = async () => {};
    const { tenant, seen } = await tenantWithBot(async (response) => {
      await during();
      json(response, 200, { messages: [{ text: { body: 'Too late' } }] });
    });
    const [before, meanwhile] = [await says(worker, tenant, 'hello'), await says(worker, tenant, 'hello')];
    await spoken(before);
    during = () => spoken(meanwhile);
    await settleChains(worker, before, meanwhile);
    expect(await endsOf(worker, before)).toEqual(['bot PASSED agent-active', 'echo ANSWERED']);
    expect(await endsOf(worker, meanwhile)).toEqual(['bot PASSED agent-active', 'echo ANSWERED']);
    expect(seen()).toHaveLength(1);
    expect(await answersIn(worker, meanwhile)).toMatchObject([{ sender: 'system' }]);
  });

  it('as in the examples understands what it is sent, and what it answers is understood', async () => {
    const child = spawn(process.execPath, ['examples/bot-server.mjs'], { env: { ...process.env, BOT_SECRET, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const address = /http:\S+/.exec(line)![0];
      const { tenant } = await tenantWithBot(async (response, { headers, body }) => {
        const answer = await fetch(address, { method: 'POST', headers: headers as Record<string, string>, body });
        response.writeHead(answer.status).end(await answer.text());
      });
      const [menu, person, nothing] = [await says(worker, tenant, 'Meniul?'), await says(worker, tenant, 'Vreau un om'), await says(worker, tenant, 'Bună')];
      await settleChains(worker, menu, person, nothing);
      expect(await answersIn(worker, menu)).toEqual([{ sender: 'app', text: 'Meniul nostru:' }, { sender: 'app', text: 'Ce să fie?' }]);
      expect(await endsOf(worker, person)).toEqual(['bot HANDED_OVER asked-for-person']);
      expect(await endsOf(worker, nothing)).toEqual(['bot PASSED nothing-to-say', 'echo ANSWERED']);
      const forged = await fetch(address, { method: 'POST', headers: { 'webhook-id': '1', 'webhook-timestamp': String(Math.floor(Date.now() / 1_000)), 'webhook-signature': 'v1,AAAA' }, body: '{}' });
      expect(forged.status).toBe(401);
    } finally {
      child.kill();
    }
  });
});

describe('a language model', () => {
  const ai = (changes: object = {}): AutomationStep =>
    ({ id: 'ai', type: 'ai', enabled: true, systemPrompt: 'You answer for Casa Verde.', maxTokens: 50, contextMessages: 3, dailyTokens: 10_000, temperature: 0.2, ...changes }) as AutomationStep;

  it('is asked with what was said before, in order and by roles, and answers as ai', async () => {
    const tenant = await worker.tenant();
    const { url, seen } = endpointOf(chat({ content: ' Da, de la 10. ' }, 321));
    await setChain(worker, tenant, [ai({ endpoint: { url, model: 'own-model' } })]);
    await setStepSecret(worker, tenant, 'ai', url, 'own-key');
    const first = await says(worker, tenant, 'Old', { automated_at: new Date() });
    await worker.pool.query(
      `INSERT INTO messages (tenant_id, phone_number_id, contact_id, conversation_id, direction, sender, kind, content, payload, display_content, state, lane)
       SELECT tenant_id, phone_number_id, contact_id, conversation_id, 'OUTBOUND', s.sender, 'text', json_build_object('body', s.body), '{}', s.body, 'DELIVERED', 1
         FROM messages, (VALUES ('system', 'We received it'), ('staff', 'Bună!')) AS s (sender, body) WHERE id = $1`,
      [first.messageId],
    );
    await saysAgain(worker, tenant, first, 'Bună', { automated_at: new Date() });
    const said = await saysAgain(worker, tenant, first, 'Sunteți deschis mâine?');
    await settleChains(worker, said);
    const [{ url: path, headers, body }] = seen() as [SeenRequest];
    const { messages, ...others } = JSON.parse(body) as { messages: { role: string; content: string }[] };
    expect([path.endsWith('/chat/completions'), headers.authorization]).toEqual([true, 'Bearer own-key']);
    expect(others).toMatchObject({ model: 'own-model', max_tokens: 50, temperature: 0.2 });
    expect(messages.map(({ role, content }) => [role, content.split('\n')[0]])).toEqual([
      ['system', 'You answer for Casa Verde.'], ['assistant', 'Bună!'], ['user', 'Bună'], ['user', 'Sunteți deschis mâine?'],
    ]);
    expect((await answersIn(worker, said)).at(-1)).toEqual({ sender: 'ai', text: 'Da, de la 10.' });
    expect(await runsOf(worker, said)).toMatchObject([{ step: 'ai', state: 'ANSWERED', detail: { tokens: 321 } }]);
  });

  it('of the operator is asked with the operator’s key; the day’s tokens end it, for this tenant alone', async () => {
    const [tenant, other] = [await worker.tenant(), await worker.tenant()];
    operatorSays = chat({ content: 'From the operator' }, 600);
    for (const one of [tenant, other]) await setChain(worker, one, [ai({ dailyTokens: 1_000 })]);
    const ends: string[][] = [];
    for (const body of ['one', 'two', 'three']) {
      const said = await says(worker, tenant, body);
      await settleChains(worker, said);
      ends.push(await endsOf(worker, said));
    }
    expect(ends).toEqual([['ai ANSWERED'], ['ai ANSWERED'], ['ai FAILED budget-spent']]);
    expect(operators.seen).toHaveLength(2);
    expect(await worker.rows('SELECT tokens::int, answers FROM automation_usage WHERE tenant_id = $1', [tenant.tenantId])).toEqual([{ tokens: 1_200, answers: 2 }]);
    const theirs = await says(worker, other, 'one');
    await settleChains(worker, theirs);
    expect(await answersIn(worker, theirs)).toEqual([{ sender: 'ai', text: 'From the operator' }]);
    expect(operators.seen.map(({ url, headers }) => [url, headers.authorization])).toEqual(Array.from({ length: 3 }, () => ['/v1/chat/completions', 'Bearer operators-key']));
    expect(JSON.parse(operators.seen[0]!.body)).toMatchObject({ model: 'operators-model' });
  });

  it('that failed has used nothing, and two at once do not overdraw the day', async () => {
    const tenant = await worker.tenant();
    const failing = endpointOf(endpoint.refuse);
    await setChain(worker, tenant, [ai({ endpoint: { url: failing.url } })]);
    const refused = await says(worker, tenant, 'hello');
    await settleChains(worker, refused);
    const used = () => worker.rows<{ tokens: number }>('SELECT tokens::int FROM automation_usage WHERE tenant_id = $1', [tenant.tenantId]);
    expect(await used()).toEqual([{ tokens: 0 }]);
    const asked = endpointOf(chat({ content: 'yes' }, 60));
    await setChain(worker, tenant, [ai({ endpoint: { url: asked.url }, dailyTokens: 10 })]);
    const both = [await says(worker, tenant, 'one'), await says(worker, tenant, 'two')];
    await settleChains(worker, ...both);
    expect((await Promise.all(both.map((one) => endsOf(worker, one)))).flat().sort()).toEqual(['ai ANSWERED', 'ai FAILED budget-spent']);
    expect(await used()).toEqual([{ tokens: 60 }]);
  });

  it('hands over to a person by its tool, by its word, or by the customer’s, and is silent from then on', async () => {
    const tenant = await worker.tenant();
    const calls = { function: { name: 'hand_over', arguments: '{}' }, type: 'function', id: '1' };
    const [byTool, byWord] = [endpointOf(chat({ content: null, tool_calls: [calls] })), endpointOf(chat({ content: 'HAND_OVER' }))];
    const handOver = { words: ['operator'], texts: { ro: 'Un coleg îți scrie.' } };
    const said: Said[] = [];
    for (const [url, body] of [[byTool.url, 'hello'], [byWord.url, 'hello'], [byWord.url, 'Operator, vă rog']] as const) {
      await setChain(worker, tenant, [ai({ endpoint: { url }, handOver })]);
      const one = await says(worker, tenant, body);
      await settleChains(worker, one);
      expect(await endsOf(worker, one)).toEqual(['ai HANDED_OVER asked-for-person']);
      said.push(one);
    }
    expect([byTool.seen().length, byWord.seen().length]).toEqual([1, 1]);
    const again = await saysAgain(worker, tenant, said[0]!, 'hello?');
    await settleChains(worker, again);
    expect(await endsOf(worker, again)).toEqual(['ai PASSED handed-over']);
    expect(await answersIn(worker, again)).toEqual([{ sender: 'system', text: 'Un coleg îți scrie.' }]);
    const [conversation] = await worker.rows<{ tags: string[] }>('SELECT tags FROM conversations WHERE id = $1', [again.conversationId]);
    expect(conversation!.tags).toEqual(['needs-human']);
    expect(await worker.rows('SELECT type, actor FROM conversation_events WHERE conversation_id = $1', [again.conversationId])).toEqual([{ type: 'handed-over', actor: 'system' }]);
  });
});

describe('what steps learn', () => {
  const menu: AutomationStep = { id: 'menu', type: 'keywords', enabled: true, answers: [{ words: ['meniul'], match: 'contains', texts: { en: 'The menu', ro: 'Meniul nostru' } }] };

  it('a voice note becomes text once its file is here, and the chain goes on with it', async () => {
    const tenant = await worker.tenant();
    const { url, seen } = endpointOf((response) => json(response, 200, { text: 'Aș vrea meniul, vă rog.', language: 'ro' }));
    await setChain(worker, tenant, [{ id: 'voice', type: 'transcribe', enabled: true, endpoint: { url, model: 'small' } }, menu, ECHO]);
    const [media] = await worker.rows<{ id: string }>(
      `INSERT INTO media (tenant_id, direction, kind, state, phone_number_id, graph_media_id, mime_type) VALUES ($1, 'INBOUND', 'audio', 'PENDING', $2, '77', 'audio/ogg') RETURNING id`,
      [tenant.tenantId, tenant.number.id],
    );
    const said = await says(worker, tenant, '', { kind: 'audio', content: '{"voice":true}', display_content: '[voice message]', media_ids: [media!.id] });
    await worker.answer();
    await waitFor(async () => (await endsOf(worker, said))[0] === 'voice WAITING');
    await worker.app.get(MediaStorage, { strict: false }).put('spec/voice', Readable.from([opus()]));
    await worker.pool.query(`UPDATE media SET state = 'STORED', storage_key = 'spec/voice', bytes = $2 WHERE id = $1`, [media!.id, opus().length]);
    await worker.app.get(WakeWaitingRuns, { strict: false }).mediaSettled(tenant.tenantId, media!.id);
    await settleChains(worker, said);
    expect(await endsOf(worker, said)).toEqual(['voice PASSED transcribed', 'menu ANSWERED']);
    expect(await answersIn(worker, said)).toEqual([{ sender: 'app', text: 'Meniul nostru' }]);
    const [{ url: path, headers, body }] = seen() as [SeenRequest];
    expect([path.endsWith('/audio/transcriptions'), headers['content-type']?.startsWith('multipart/form-data; boundary=')]).toEqual([true, true]);
    expect(body).toMatch(/name="file"; filename="voice\.ogg"[^]*OpusHead[^]*name="model"\r\n\r\nsmall/);
    expect(await worker.rows('SELECT transcript FROM messages WHERE id = $1', [said.messageId])).toEqual([{ transcript: 'Aș vrea meniul, vă rog.' }]);
  });

  it('a voice note whose file never came goes on without its words', async () => {
    const tenant = await worker.tenant();
    await setChain(worker, tenant, [{ id: 'voice', type: 'transcribe', enabled: true, endpoint: { url: server.url } }, menu, ECHO]);
    const [media] = await worker.rows<{ id: string }>(
      `INSERT INTO media (tenant_id, direction, kind, state, reason) VALUES ($1, 'INBOUND', 'audio', 'FAILED', 'media.expired') RETURNING id`,
      [tenant.tenantId],
    );
    const said = await says(worker, tenant, '', { kind: 'audio', content: '{"voice":true}', display_content: '[voice message]', media_ids: [media!.id] });
    await settleChains(worker, said);
    expect(await endsOf(worker, said)).toEqual(['voice FAILED media-failed', 'menu PASSED no-words', 'echo ANSWERED']);
  });

  it.each<[string, Script, object, { intent: string | null; intent_confidence: number | null }, string[]]>([
    ['openai', chat({ content: '```json\n{"intent": "table", "confidence": 0.5}\n```' }), { intents: [{ name: 'table', description: 'A table' }] }, { intent: 'table', intent_confidence: 0.5 }, ['intent PASSED understood', 'reserve ANSWERED']],
    ['openai', chat({ content: '{"intent": "other", "confidence": 1}' }), { intents: [{ name: 'table' }] }, { intent: null, intent_confidence: null }, ['intent PASSED no-intent', 'reserve PASSED condition.intent']],
    ['openai', chat({ content: 'No idea' }), { intents: [{ name: 'table' }] }, { intent: null, intent_confidence: null }, ['intent FAILED answer-invalid', 'reserve PASSED condition.intent']],
    ['rasa', (response) => json(response, 200, { intent: { name: 'table', confidence: 0.75 }, entities: [] }), {}, { intent: 'table', intent_confidence: 0.75 }, ['intent PASSED understood', 'reserve ANSWERED']],
    ['rasa', (response) => json(response, 200, { status: 'ok' }), {}, { intent: null, intent_confidence: null }, ['intent FAILED answer-invalid', 'reserve PASSED condition.intent']],
  ])('an intent by %s is a condition of later steps', async (api, script, options, learnt, ends) => {
    const tenant = await worker.tenant();
    const { url } = endpointOf(script);
    const reserve = { id: 'reserve', type: 'keywords', enabled: true, when: { intents: ['table'], minConfidence: 0.5 }, answers: [{ words: ['masa'], match: 'contains', texts: { ro: 'Pentru câți?' } }] };
    await setChain(worker, tenant, [{ id: 'intent', type: 'intent', enabled: true, api, endpoint: { url }, ...options } as AutomationStep, reserve as AutomationStep]);
    const said = await says(worker, tenant, 'O masă, vă rog');
    await settleChains(worker, said);
    expect(await endsOf(worker, said)).toEqual(ends);
    expect(await worker.rows('SELECT intent, intent_confidence FROM messages WHERE id = $1', [said.messageId])).toEqual([learnt]);
  });
});

describe('nobody there', () => {
  const away: AutomationStep = { id: 'away', type: 'away', enabled: true, texts: { ro: 'Revenim.' } };
  const today = () => new Date().toISOString().slice(0, 10);

  it('is said once to a conversation in a closed period, however many messages come at once; a tenant that is open says nothing', async () => {
    const [closed, open] = [await worker.tenant(), await worker.tenant()];
    for (const one of [closed, open]) await setChain(worker, one, [away]);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await setSection(worker, closed.tenantId, 'business-hours', { weekly: {}, holidays: [{ date: today() }, { date: tomorrow }] });
    const first = await says(worker, closed, 'one');
    const all = [first, await saysAgain(worker, closed, first, 'two'), await says(worker, closed, 'somebody else'), await says(worker, open, 'hello')];
    await settleChains(worker, ...all);
    const later = await saysAgain(worker, closed, first, 'three');
    await settleChains(worker, later);
    expect((await Promise.all([...all, later].map((one) => endsOf(worker, one)))).flat()).toEqual([
      'away ANSWERED', 'away PASSED already-said', 'away ANSWERED', 'away PASSED open', 'away PASSED already-said',
    ]);
    expect(await answersIn(worker, first)).toEqual([{ sender: 'system', text: 'Revenim.' }]);
  });

  it('is said once although two workers come to it at the same moment', async () => {
    const tenant = await worker.tenant();
    await setChain(worker, tenant, [away]);
    await setSection(worker, tenant.tenantId, 'business-hours', { weekly: {}, holidays: [{ date: today() }] });
    const first = await says(worker, tenant, 'one', { automated_at: new Date() });
    const second = await saysAgain(worker, tenant, first, 'two');
    const midnight = new Date(new Date(today()).getTime() + 86_400_000);
    const otherWorker = await worker.pool.connect();
    try {
      await otherWorker.query('BEGIN');
      await otherWorker.query(
        `INSERT INTO automation_runs (tenant_id, message_id, step, type, position, conversation_id, state, period) VALUES ($1, $2, 'away', 'away', 0, $3, 'ANSWERED', $4)`,
        [tenant.tenantId, first.messageId, first.conversationId, midnight],
      );
      const answering = worker.answer();
      await waitFor(async () => (await worker.rows(`SELECT FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted`)).length > 0);
      await otherWorker.query('COMMIT');
      await answering;
    } finally {
      otherWorker.release();
    }
    expect(await endsOf(worker, second)).toEqual(['away PASSED already-said']);
    expect(await answersIn(worker, second)).toEqual([]);
  });
});

it('steps of long ago are dropped with the timelines of their messages; what is young, or still has to happen, stays', async () => {
  const [one, other] = [await worker.tenant(), await worker.tenant()];
  const ran = async ({ tenantId }: TestTenant, step: string, daysAgo: number, until: Date | null = null): Promise<void> => {
    await worker.pool.query(
      `INSERT INTO automation_runs (tenant_id, message_id, step, type, position, conversation_id, state, until)
       VALUES ($1, uuid_v7(now() - make_interval(days => $3)), $2, 'echo', 0, gen_random_uuid(), CASE WHEN $4::timestamptz IS NULL THEN 'ANSWERED' ELSE 'WAITING' END, $4)`,
      [tenantId, step, daysAgo, until],
    );
  };
  const days = worker.config.TIMELINE_RETENTION_DAYS;
  for (const tenant of [one, other]) {
    await ran(tenant, 'old', days + 1);
    await ran(tenant, 'young', days - 1);
    await ran(tenant, 'waits', days + 1, new Date(Date.now() + 3_600_000));
  }
  await worker.app.get(Retention, { strict: false }).run();
  const left = (tenant: TestTenant) => worker.rows('SELECT step FROM automation_runs WHERE tenant_id = $1 ORDER BY step', [tenant.tenantId]);
  for (const tenant of [one, other]) expect(await left(tenant)).toEqual([{ step: 'waits' }, { step: 'young' }]);
});

it('a STOP has no automatic answer but its own, and nobody is asked about it', async () => {
  const { tenant, seen } = await tenantWithBot(reply({ text: { body: 'x' } }));
  const said = await says(worker, tenant, 'STOP');
  await settleChains(worker, said);
  expect(await endsOf(worker, said)).toEqual(['bot PASSED consent-word', 'echo PASSED consent-word']);
  expect([seen(), await answersIn(worker, said)]).toEqual([[], []]);
});

it('an old message is answered no more', async () => {
  const { tenant, seen } = await tenantWithBot(reply({ text: { body: 'x' } }));
  const said = await says(worker, tenant, 'hello', { created_at: new Date(Date.now() - 25 * 3_600_000) });
  await settleChains(worker, said);
  expect([await endsOf(worker, said), seen()]).toEqual([[], []]);
});

// The last one: the worker is gone after it.
it('a shutdown gives back what is under way, and it counts as no attempt', async () => {
  const asked = Promise.withResolvers<void>();
  const { tenant } = await tenantWithBot(() => asked.resolve());
  const said = await says(worker, tenant, 'hello');
  await worker.answer();
  await asked.promise;
  await worker.app.get(ShutdownSteps, { strict: false }).run('the spec');
  expect(await runsOf(worker, said)).toMatchObject([{ step: 'bot', state: 'DUE', attempts: 0, reason: null }]);
  expect(await answersIn(worker, said)).toEqual([]);
});
