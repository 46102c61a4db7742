import type { GraphHttp } from './graph-http.js';
import { parseJson } from './json.js';

export type PingResult =
  | { readonly reachable: true; readonly latencyMs: number }
  | { readonly reachable: false; readonly latencyMs: number; readonly reason: string };

const PING_TIMEOUT_MS = 2_000;

/** A refusal is an answer; a 5xx without Graph's JSON is what a proxy in front of a dead service says. */
export async function ping(http: GraphHttp): Promise<PingResult> {
  const started = performance.now();
  const signal = AbortSignal.timeout(PING_TIMEOUT_MS);
  const ended = await http.send({ endpoint: 'ping', path: '/', signal });
  const latencyMs = performance.now() - started;
  if (ended.kind !== 'answered') return { reachable: false, latencyMs, reason: ended.reason };
  if (ended.status < 500 || parseJson(ended.body) !== undefined) return { reachable: true, latencyMs };
  return { reachable: false, latencyMs, reason: 'server-error' };
}
