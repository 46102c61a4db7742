/** Stands for Meta where time matters: keeps to whom each send went and when it came; answers at once, or after a time. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Arrivals, SinkOrder } from '../lib/orders.js';

const epoch = Date.now().toString(36);
let answered = 0;
let answerMs = { least: 0, most: 0 };
let arrivals: [to: string, atMs: number][] = [];

const server = createServer((request, response) => {
  const atMs = performance.timeOrigin + performance.now();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    if (request.method !== 'POST') return response.end('{}'); // a look whether the Graph API is there
    const { to } = JSON.parse(Buffer.concat(chunks).toString()) as { to: string };
    arrivals.push([to, atMs]);
    const messages = [{ id: `wamid.${epoch}${answered++}`, message_status: 'accepted' }];
    const answer = JSON.stringify({ messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to.slice(1) }], messages });
    if (answerMs.most === 0) return response.end(answer);
    return setTimeout(() => response.end(answer), answerMs.least + Math.random() * (answerMs.most - answerMs.least));
  });
});

// A connection that rests while a number waits for its pace is not closed under it.
server.keepAliveTimeout = 120_000;
// Any message asks what came since the last time.
process.on('message', ({ answerMs: given = answerMs }: SinkOrder) => {
  answerMs = given;
  process.send?.({ arrivals } satisfies Arrivals);
  arrivals = [];
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
