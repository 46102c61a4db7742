/** The floor of the bench `accept`: bare node:http, JSON.parse, a one-row INSERT through pg, 202. Nothing else. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

const { FLOOR_DATABASE_URL: connectionString } = process.env;
const pool = new pg.Pool({ connectionString, max: 10 });
const INSERT = 'INSERT INTO bench_floor_messages (id, recipient, content) VALUES ($1, $2, $3)';

interface Body {
  to: string;
  template: unknown;
}

async function accept(text: string): Promise<string> {
  const { to, template } = JSON.parse(text) as Body;
  const id = randomUUID();
  await pool.query({ name: 'insert', text: INSERT, values: [id, to, JSON.stringify(template)] });
  return id;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    accept(Buffer.concat(chunks).toString()).then(
      (id) => {
        response.statusCode = 202;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ id, status: 'QUEUED' }));
      },
      () => {
        response.statusCode = 503;
        response.end();
      },
    );
  });
});

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());
