/** A receiver of webhooks that answers 200 at once, counts the statuses, and reports when all that are due have come. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReceiveOrder, ReceiveReport } from '../lib/orders.js';

const STATUS = Buffer.from('"status":"');

let due = 0;
let statuses = 0;
let requests = 0;

function count(body: Buffer): void {
  for (let at = body.indexOf(STATUS); at !== -1; at = body.indexOf(STATUS, at + STATUS.length)) statuses += 1;
  requests += 1;
  if (statuses < due) return;
  process.send?.({ requests } satisfies ReceiveReport);
  [due, statuses, requests] = [Number.POSITIVE_INFINITY, 0, 0];
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'content-length': 0 }).end();
    count(Buffer.concat(chunks));
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', (order: ReceiveOrder) => {
  [due, statuses, requests] = [order.statuses, 0, 0];
});
process.on('disconnect', () => process.exit());
