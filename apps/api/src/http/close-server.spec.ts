import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from './close-server.js';

function get(port: number, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', agent }, (response) =>
      response.resume().on('end', () => resolve(response.statusCode)),
    )
      .on('error', reject)
      .end();
  });
}

describe('closeServer', () => {
  it('lets answers under way go out, and waits for no idle connection', async () => {
    let answer: () => void = () => {};
    const asked = Promise.withResolvers<void>();
    const server = createServer((_, response) => {
      answer = () => void response.end();
      asked.resolve();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true });

    const status = get(port, agent);
    await asked.promise;
    const closed = closeServer(server);
    await expect(get(port, new Agent())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    answer();
    expect(await status).toBe(200);
    await closed;
    agent.destroy();
  });

  it('has nothing to do for a server that does not listen', async () => {
    await expect(closeServer(createServer())).resolves.toBeUndefined();
  });
});
