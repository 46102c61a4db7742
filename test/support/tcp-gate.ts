import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What becomes of the answers that come back through a gate. `cut`: the connection ends within one; `garbled`: a byte is wrong. */
export type GateAnswers = 'whole' | 'cut' | 'garbled';

/**
 * A door before a server. A spec may shut it (connections are refused and those that stand are cut), or let it do what
 * networks do: answer late, take bytes and bring nothing back, reset, spoil answers. Requests are never held up on their
 * own: a burst of late ones would not be what their sender sent.
 */
export class TcpGate {
  /** How much later answers arrive, in ms. */
  answersLateMs = 0;
  answers: GateAnswers = 'whole';
  /** Half open: connections stand and take bytes, and nothing passes. */
  isHalfOpen = false;
  /** Each request passes, and its connection is reset before the answer. */
  resetsAfterRequest = false;
  private readonly pairs = new Map<Socket, Socket>();
  /** Connections that swallowed bytes: nothing after those could make sense. */
  private readonly swallowed = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async before(host: string, port: number): Promise<TcpGate> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gate = new TcpGate(server, (server.address() as AddressInfo).port);
    server.on('connection', (caller) => gate.pass(caller, connect(port, host)));
    return gate;
  }

  get isOpen(): boolean {
    return this.server.listening;
  }

  shut(): void {
    this.server.close();
    this.cutAll();
  }

  /** On the same port as before. */
  async open(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** Every connection that stands ends with a reset. */
  resetAll(): void {
    for (const caller of this.pairs.keys()) caller.resetAndDestroy();
  }

  /** The network is well again; what it swallowed is gone with its connections. */
  heal(): void {
    this.answersLateMs = 0;
    this.answers = 'whole';
    this.isHalfOpen = false;
    this.resetsAfterRequest = false;
    for (const caller of this.swallowed) caller.destroy();
  }

  /** Shuts it for good. */
  close(): void {
    if (this.isOpen) this.server.close();
    this.cutAll();
  }

  private cutAll(): void {
    for (const [caller, server] of this.pairs) {
      caller.destroy();
      server.destroy();
    }
  }

  private pass(caller: Socket, server: Socket): void {
    this.pairs.set(caller, server);
    for (const [socket, other] of [
      [caller, server],
      [server, caller],
    ] as const) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.pairs.delete(caller);
        this.swallowed.delete(caller);
        other.destroy();
      });
    }
    caller.on('data', (bytes) => this.request(caller, server, bytes));
    caller.on('end', () => server.end());
    let last = 0;
    server.on('data', (bytes) => {
      // Answers keep their order, however late each of them is.
      last = Math.max(last, performance.now() + this.answersLateMs);
      later(last, () => this.answer(caller, bytes));
    });
    server.on('end', () => later(last, () => caller.end()));
  }

  private request(caller: Socket, server: Socket, bytes: Buffer): void {
    if (this.isHalfOpen) return void this.swallowed.add(caller);
    server.write(bytes, () => {
      if (this.resetsAfterRequest) caller.resetAndDestroy();
    });
  }

  private answer(caller: Socket, bytes: Buffer): void {
    if (caller.destroyed) return;
    if (this.isHalfOpen) return void this.swallowed.add(caller);
    if (this.answers === 'garbled') bytes.write('?', bytes.length - 1);
    if (this.answers === 'cut') return void caller.write(bytes.subarray(0, -1), () => caller.destroy());
    caller.write(bytes);
  }
}

function later(at: number, work: () => void): void {
  const waitMs = at - performance.now();
  if (waitMs <= 0) return work();
  setTimeout(work, waitMs);
}
