/** Stands for Meta in the bench `drain`: answers every send at once, as the Graph API does, and counts. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const epoch = Date.now().toString(36);
let answered = 0;
let counted = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    if (request.method !== 'POST') return response.end('{}'); // a look whether the Graph API is there
    const { to } = JSON.parse(Buffer.concat(chunks).toString()) as { to: string };
    const contacts = [{ input: to, wa_id: to.slice(1) }];
    const messages = [{ id: `wamid.${epoch}${answered++}`, message_status: 'accepted' }];
    return response.end(JSON.stringify({ messaging_product: 'whatsapp', contacts, messages }));
  });
});

// Any message asks how many sends came since the last time.
process.on('message', () => {
  process.send?.({ sends: answered - counted });
  counted = answered;
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
