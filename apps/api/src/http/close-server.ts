import type { Server } from 'node:http';

const LOOK_EVERY_MS = 20;

/** Takes no new connections and resolves when the last answer is out. Idle connections do not hold it up. */
export async function closeServer(server: Pick<Server, 'listening' | 'close' | 'closeIdleConnections'>): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Connections that were busy when `close` looked become idle one by one.
  const looking = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
  await closed;
  clearInterval(looking);
}
