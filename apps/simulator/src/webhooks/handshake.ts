import { Injectable } from '@nestjs/common';
import { SeededRandom, type RandomStream } from '../random/seeded-random.js';
import { WebhookTransport } from './webhook-transport.js';

/** How a callback took the verification request. */
export interface HandshakeResult {
  readonly ok: boolean;
  readonly status: number | null;
  readonly latencyMs: number;
  /** What was wrong, for people; null when all was well. */
  readonly reason: string | null;
}

/** The verification request that a callback has to answer with the challenge before it gets webhooks. */
@Injectable()
export class Handshake {
  private readonly random: RandomStream;

  constructor(
    private readonly transport: WebhookTransport,
    random: SeededRandom,
  ) {
    this.random = random.stream('handshake');
  }

  async perform(callbackUrl: string, verifyToken: string): Promise<HandshakeResult> {
    const challenge = String(this.random.int(100_000_000, 2_000_000_000));
    const url = new URL(callbackUrl);
    url.searchParams.set('hub.mode', 'subscribe');
    url.searchParams.set('hub.challenge', challenge);
    url.searchParams.set('hub.verify_token', verifyToken);
    const { status, latencyMs, body, error } = await this.transport.get(url.href);
    const reason = error ?? reasonOf(status, body, challenge);
    return { ok: reason === null, status, latencyMs, reason };
  }
}

function reasonOf(status: number | null, body: string, challenge: string): string | null {
  if (status !== 200) return `HTTP status ${status} instead of 200`;
  return body === challenge ? null : 'the body is not the challenge';
}
