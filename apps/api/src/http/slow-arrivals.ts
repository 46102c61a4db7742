import type { Socket } from 'node:net';

/** Connections on which a file is arriving: it has a time limit of its own, longer than that of every other request. */
export const slowArrivals = new WeakSet<Socket>();
