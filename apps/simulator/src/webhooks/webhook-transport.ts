import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { Settings } from '../state/settings.js';

const MAX_ANSWER_BYTES = 64 * 1024;

/** How a receiver answered. `status` is null where no answer came. */
export interface WebhookAnswer {
  readonly status: number | null;
  readonly latencyMs: number;
  readonly body: string;
  readonly error: string | null;
}

/** Requests to receivers, over connections that are kept alive. */
@Injectable()
export class WebhookTransport implements OnApplicationShutdown {
  private readonly agent = new Agent({
    connections: 256,
    pipelining: 1,
    connect: { timeout: 5000 },
    keepAliveTimeout: 4000,
    maxResponseSize: MAX_ANSWER_BYTES,
  });

  constructor(private readonly settings: Settings) {}

  post(url: string, bytes: Uint8Array, headers: Record<string, string | string[]>): Promise<WebhookAnswer> {
    return this.ask('POST', url, { 'content-type': 'application/json', ...headers }, bytes);
  }

  get(url: string): Promise<WebhookAnswer> {
    return this.ask('GET', url, {}, null);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async ask(
    method: 'GET' | 'POST',
    url: string,
    headers: Record<string, string | string[]>,
    body: Uint8Array | null,
  ): Promise<WebhookAnswer> {
    const startedAt = performance.now();
    const timeoutMs = this.settings.values.webhookTimeoutMs;
    try {
      const answer = await request(url, {
        method,
        dispatcher: this.agent,
        headers: { accept: '*/*', 'user-agent': 'facebookexternalua', ...headers },
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      const text = await answer.body.text();
      return { status: answer.statusCode, latencyMs: performance.now() - startedAt, body: text, error: null };
    } catch (error) {
      const text = error instanceof Error ? error.message || error.name : String(error);
      return { status: null, latencyMs: performance.now() - startedAt, body: '', error: text };
    }
  }
}
