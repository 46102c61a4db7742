/** Free TCP ports on 127.0.0.1. */
import { createServer } from 'node:net';

function tryPort(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const { port: got } = server.address();
      server.close(() => resolve(got));
    });
  });
}

/**
 * The preferred port where it is free, else any free one. Ports that this process handed out before are not given twice.
 * @param {number} [preferred]
 */
export async function freePort(preferred) {
  if (preferred !== undefined && !handedOut.has(preferred) && (await tryPort(preferred)) !== null) {
    handedOut.add(preferred);
    return preferred;
  }
  for (;;) {
    const port = await tryPort(0);
    if (port !== null && !handedOut.has(port)) {
      handedOut.add(port);
      return port;
    }
  }
}

const handedOut = new Set();
