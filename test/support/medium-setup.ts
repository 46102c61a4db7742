import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * Jest's global set-up of the tests that need Postgres and Redis. Under `bin/test` both run already and the environment
 * names them; a Jest started by hand gets its own, which end when this process does.
 */
export default async function startServices(): Promise<void> {
  if (process.env['TEST_DATABASE_URL']) return;
  const services = spawn(process.execPath, ['bin/lib/test-services.mjs'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: services.stdout });
  const line = await new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
  });
  if (line === undefined) throw new Error('Postgres and Redis for the tests did not start; the reason stands above.');
  Object.assign(process.env, JSON.parse(line) as Record<string, string>);
  // The services hear of our end by the closing of their standard input; nothing of them keeps Jest alive.
  lines.close();
  services.stdout.destroy();
  services.unref();
  if (services.stdin instanceof Socket) services.stdin.unref();
}
