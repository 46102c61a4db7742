import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A door before a server, which a spec may shut: then connections are refused and those that stand are cut. */
export class TcpGate {
  private readonly sockets = new Set<Socket>();

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

  shut(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  /** On the same port as before. */
  async open(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  private pass(caller: Socket, server: Socket): void {
    for (const [socket, other] of [
      [caller, server],
      [server, caller],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    caller.pipe(server).pipe(caller);
  }
}
