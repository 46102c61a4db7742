import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/** The callback of a business: it keeps the values of what comes. */
export class WebhookReceiver {
  private readonly values: Json[] = [];
  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.take(JSON.parse(Buffer.concat(chunks).toString()) as Json);
        response.end();
      });
    });
    const receiver = new WebhookReceiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks`;
  }

  /** The messages of customers that came, in their order. */
  get messages(): Json[] {
    return this.values.flatMap((value) => (value['messages'] as Json[] | undefined) ?? []);
  }

  /** The values that tell of an event, such as a template's new status. */
  get events(): Json[] {
    return this.values.filter((value) => 'event' in value || 'user_preferences' in value);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(body: Json): void {
    const entries = body['entry'] as { changes: { value: Json }[] }[];
    this.values.push(...entries.flatMap(({ changes }) => changes.map(({ value }) => value)));
  }
}
