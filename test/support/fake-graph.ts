import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { GraphClient, GraphHttp, type GraphOptions, type ObserveGraph } from '@parley/graph';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A local server for specs that answers as it is told, and remembers what it was asked. */
export class FakeGraph {
  readonly seen: SeenRequest[] = [];
  private readonly clients: GraphClient[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static async start(
    answer: (request: SeenRequest, response: ServerResponse, incoming: IncomingMessage) => void,
  ): Promise<FakeGraph> {
    const listener: RequestListener = (incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', () => {});
      incoming.on('end', () => {
        const { method = '', url = '', headers } = incoming;
        const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
        fake.seen.push(request);
        answer(request, response, incoming);
      });
    };
    const fake = new FakeGraph(createServer(listener));
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  client(options: Partial<GraphOptions> = {}, observe: ObserveGraph = () => {}): GraphClient {
    const client = graphClient({ url: this.url, ...options }, observe);
    this.clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.clients.map((client) => client.close()));
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A client with time limits that a spec can wait for. */
export function graphClient(
  options: Partial<GraphOptions> & { url: string },
  observe: ObserveGraph = () => {},
): GraphClient {
  const defaults = { version: 'v25.0', connections: 4, connectTimeoutMs: 300, readTimeoutMs: 300 };
  return new GraphClient(new GraphHttp({ ...defaults, ...options }, observe));
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
