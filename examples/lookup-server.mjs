/**
 * An example of the system that Parley asks who a customer is and what was ordered. docs/guides/look-ups.md describes the
 * questions. Plain Node; the one package is standardwebhooks, which checks the signature.
 *
 *   LOOKUP_SECRET=whsec_… node examples/lookup-server.mjs        listens on http://127.0.0.1:4010
 */
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { Webhook } from 'standardwebhooks';

const MOST_BYTES = 16 * 1024;

/** In your system this is a database. */
export const EXAMPLE_DATA = {
  customers: [
    { id: 'C-1042', name: 'Ana Pop', firstName: 'Ana', phone: '+40723000111', email: 'ana@example.ro', language: 'ro' },
    { id: 'C-2001', name: 'John Smith', firstName: 'John', phone: '+447400123456', email: 'john@example.com', language: 'en' },
  ],
  orders: [
    {
      id: 'A-1042',
      number: '1042',
      customerId: 'C-1042',
      status: 'preparing',
      total: 125.5,
      currency: 'RON',
      createdAt: '2026-11-07T18:30:00+02:00',
      items: [{ name: 'Pizza Margherita', quantity: 2 }, { name: 'Tiramisu', quantity: 1 }],
    },
    { id: 'A-0900', customerId: 'C-1042', status: 'delivered', total: '64.00', currency: 'RON', createdAt: '2026-10-01T12:00:00+03:00', items: [] },
  ],
};

/** What is asked, by the path below the base address. */
const ANSWERS = {
  'customers/by-id': ({ customers }, { id }) => ({ customer: customers.find((one) => one.id === id) ?? null }),
  'customers/by-phone': ({ customers }, { phone }) => ({ customer: customers.find((one) => one.phone === phone) ?? null }),
  'customers/by-email': ({ customers }, { email }) => ({ customer: customers.find((one) => one.email === email.toLowerCase()) ?? null }),
  'orders/by-id': ({ orders }, { id }) => ({ order: orders.find((one) => one.id === id) ?? null }),
  'orders/by-customer': ({ orders }, { customerId }) => ({ orders: orders.filter((one) => one.customerId === customerId) }),
  'orders/by-status': ({ orders }, { status }) => ({ orders: orders.filter((one) => one.status === status) }),
};

/** @returns an HTTP server that is not listening yet */
export function createLookupServer({ secret, data = EXAMPLE_DATA, basePath = '' }) {
  const webhook = new Webhook(secret);
  return createServer(async (request, response) => {
    const answer = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    try {
      const body = await bodyOf(request);
      if (body === null) return answer(413, { error: 'too large' });
      let question;
      try {
        // The signature covers the bytes as they came, and the time: what is older than five minutes is refused.
        question = webhook.verify(body, request.headers);
      } catch {
        return answer(401, { error: 'the signature is not valid' });
      }
      // The body names the question as well, so that a signed question cannot be sent to another address.
      const path = request.url.slice(basePath.length + 1);
      if (request.method !== 'POST' || question?.lookup !== path || !Object.hasOwn(ANSWERS, path)) return answer(404, { error: 'no such question' });
      return answer(200, ANSWERS[path](data, question));
    } catch (error) {
      console.error(error);
      return answer(500, { error: 'something went wrong' });
    }
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

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { LOOKUP_SECRET: secret, PORT: port = '4010' } = process.env;
  if (!secret) {
    console.error('Set LOOKUP_SECRET to what POST /v1/lookups/secret answered.');
    process.exit(1);
  }
  createLookupServer({ secret }).listen(Number(port), '127.0.0.1', () => console.log(`Look-ups are answered on http://127.0.0.1:${port}`));
}
