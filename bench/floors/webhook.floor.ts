/** The floor of the bench `webhook`: bare node:http, HMAC over the raw bytes, one Redis XADD, 200. Nothing else. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';

const { REDIS_URL = '', FLOOR_SECRET = '', FLOOR_STREAM = '' } = process.env;
const redis = new Redis(REDIS_URL);

function isSigned(body: Buffer, header: string): boolean {
  const expected = createHmac('sha256', FLOOR_SECRET).update(body).digest();
  const given = Buffer.from(header.slice('sha256='.length), 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function store(body: Buffer, header: string): Promise<number> {
  if (!isSigned(body, header)) return 401;
  await redis.xadd(FLOOR_STREAM, '*', 'body', body);
  return 200;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    void store(Buffer.concat(chunks), String(request.headers['x-hub-signature-256']))
      .catch(() => 503)
      .then((status) => {
        response.statusCode = status;
        response.end();
      });
  });
});

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());
