/**
 * An example of a bot that Parley asks for answers: docs/guides/automations.md describes what it is asked and may answer.
 * Plain Node, without any package.
 *
 *   BOT_SECRET=whsec_… node examples/bot-server.mjs        listens on http://127.0.0.1:4020
 *
 * PORT=0 takes a free port; the address stands in the first line that it prints.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const MOST_BYTES = 256 * 1024;
/** Standard Webhooks: what is older was recorded by somebody and is played again. */
const TOLERANCE_SECONDS = 5 * 60;

const { BOT_SECRET = '', PORT = '4020', HOST = '127.0.0.1' } = process.env;
if (!BOT_SECRET.startsWith('whsec_')) {
  console.error('Set BOT_SECRET to the whsec_… that PUT /v1/settings/automations/secrets/{step} gave you.');
  process.exit(1);
}
const key = Buffer.from(BOT_SECRET.slice('whsec_'.length), 'base64');

/** Messages that were answered, by the id of their webhook: after a crash Parley may ask twice. */
const answered = new Map();

/** What the bot says. `null`: nothing, the next step of the chain has its turn. */
function answerTo({ text, intent, kind }) {
  if (kind !== 'text' && kind !== 'audio') return null;
  if (/\b(om|human|agent)\b/i.test(text ?? '')) return { messages: [{ text: { body: 'Un coleg îți scrie imediat.' } }], handOver: true };
  if (intent?.name === 'reservation') return { messages: [{ text: { body: 'Pentru câte persoane, și la ce oră?' } }] };
  if (/\bmeniu|\bmenu/i.test(text ?? '')) {
    const buttons = ['Pizza', 'Paste'].map((title) => ({ type: 'reply', reply: { id: title.toLowerCase(), title } }));
    return { messages: [{ text: { body: 'Meniul nostru:' } }, { interactive: { type: 'button', body: { text: 'Ce să fie?' }, action: { buttons } } }] };
  }
  return null;
}

function isSigned(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ''), 'base64');
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

async function bodyOf(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  const end = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? '' : JSON.stringify(body));
  const body = await bodyOf(request);
  if (body === null) return end(413, { error: 'too large' });
  if (!isSigned(request.headers, body)) return end(401, { error: 'the signature is not valid' });
  const id = request.headers['webhook-id'];
  if (!answered.has(id)) answered.set(id, answerTo(JSON.parse(body.toString('utf8')).data));
  const answer = answered.get(id);
  return answer === null ? end(204) : end(200, answer);
});
server.listen(Number(PORT), HOST, () => console.log(`The bot listens on http://${HOST}:${server.address().port}`));
