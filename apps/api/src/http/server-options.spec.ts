import type { Socket } from 'node:net';
import { serverOptions } from './server-options.js';
import { slowArrivals } from './slow-arrivals.js';

const options = serverOptions({ BODY_LIMIT_BYTES: 1, TRUST_PROXY: 0, docsBase: 'https://docs.example.com' } as never);

/** What is written to a connection whose request did not arrive in time. */
function writtenTo(socket: Partial<Socket>): string[] {
  const written: string[] = [];
  const connection = Object.assign(socket, { writable: true, end: (text: string) => void written.push(text), destroy: () => void written.push('destroyed') });
  const late = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  options.clientErrorHandler!.call(undefined as never, late as never, connection as unknown as Socket);
  return written;
}

describe('a request that takes too long to arrive', () => {
  it('is answered with 408, and its connection closed', () => {
    const [answer] = writtenTo({});
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*"request\.timeout"/s);
  });

  it('goes on where it brings a file, which has a limit of its own', () => {
    const socket = {};
    slowArrivals.add(socket as Socket);
    expect(writtenTo(socket)).toEqual([]);
    slowArrivals.delete(socket as Socket);
    expect(writtenTo(socket)).toHaveLength(1);
  });
});
