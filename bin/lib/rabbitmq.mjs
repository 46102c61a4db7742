/**
 * RabbitMQ for tests: the `rabbitmq-server` of this machine, brought by apt where that may be done. A node of its own:
 * name, ports, data, cookie and epmd, so that neither a broker of the machine nor a second run is touched.
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { freePort } from './ports.mjs';

/** The script itself: the ones on the PATH hand over to the account of the system's broker. */
const PLACES = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  '/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server',
  '/usr/local/opt/rabbitmq/sbin/rabbitmq-server',
];
const HOW_TO_GET_IT =
  'Install rabbitmq-server (Debian: apt-get install rabbitmq-server; macOS: brew install rabbitmq).';
const INSTALL = [
  ['update', '-qq'],
  ['install', '-y', '-qq', '--no-install-recommends', 'rabbitmq-server'],
];

const installed = () => PLACES.find((path) => existsSync(path)) ?? null;

/**
 * Where RabbitMQ is.
 * @returns {{path: string} | {path: null, reason: string}} a sentence for people where there is none
 */
export function rabbitmq() {
  const path = installed();
  if (path !== null) return { path };
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return { path: null, reason: `There is no RabbitMQ on this machine. ${HOW_TO_GET_IT}` };
  }
  console.error("Set-up: Debian's rabbitmq-server ...");
  for (const args of INSTALL) {
    const { status, stderr } = spawnSync('apt-get', args, {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) {
      const why = stderr?.trim().split('\n').at(-1) ?? 'no answer';
      return { path: null, reason: `apt-get ${args[0]} could not bring RabbitMQ: ${why}` };
    }
  }
  const brought = installed();
  return brought === null ? { path: null, reason: HOW_TO_GET_IT } : { path: brought };
}

/**
 * What starts a node: its epmd first, then the broker. Both stay in the foreground and end by a signal to their process.
 * @param {string} path of `rabbitmq()`
 * @param {{dir: string, users: Record<string, string>}} options dir: an empty folder of the node's own; users: passwords
 *   by name, each with all rights
 * @returns {Promise<{port: number, commands: {command: string, args: string[], env: NodeJS.ProcessEnv}[]}>}
 */
export async function rabbitmqNode(path, { dir, users }) {
  const [port, distPort, epmdPort] = [await freePort(), await freePort(), await freePort()];
  const at = (name) => join(dir, name);
  for (const folder of ['home', 'data', 'log', 'schema']) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('home/.erlang.cookie'), randomBytes(16).toString('hex'), { mode: 0o400 });
  writeFileSync(at('plugins'), '[].\n');
  writeFileSync(at('definitions.json'), JSON.stringify(definitionsOf(users)), { mode: 0o600 });
  writeFileSync(
    at('rabbitmq.conf'),
    [
      `listeners.tcp.default = 127.0.0.1:${port}`,
      `load_definitions = ${at('definitions.json')}`,
      'log.console.level = warning',
      'disk_free_limit.absolute = 1MB',
      'vm_memory_high_watermark.relative = 0.9',
    ].join('\n'),
  );
  const env = {
    PATH: [dirname(path), process.env.PATH].join(delimiter),
    HOME: at('home'),
    LANG: 'C.UTF-8',
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `parley-${process.pid}-${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_CONF_ENV_FILE: at('no-such-file'),
    RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: at('advanced.config'),
    RABBITMQ_GENERATED_CONFIG_DIR: at('schema'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('plugins'),
    RABBITMQ_MNESIA_BASE: at('data'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: at('pid'),
    // The VM takes the place of the script, so that a signal reaches it.
    RUNNING_UNDER_SYSTEMD: 'true',
    // Idle schedulers sleep instead of spinning.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
  };
  return {
    port,
    commands: [
      { command: epmdOf(env), args: ['-port', String(epmdPort), '-address', '127.0.0.1'], env },
      { command: path, args: [], env },
    ],
  };
}

function epmdOf({ PATH }) {
  const found = PATH.split(delimiter)
    .map((folder) => join(folder, 'epmd'))
    .find((file) => existsSync(file));
  if (!found) throw new Error('epmd is missing: it comes with Erlang.');
  return found;
}

function definitionsOf(users) {
  const names = Object.keys(users);
  return {
    vhosts: [{ name: '/' }],
    users: names.map((name) => ({
      name,
      password_hash: hashOf(users[name]),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: '',
    })),
    permissions: names.map((user) => ({ user, vhost: '/', configure: '.*', write: '.*', read: '.*' })),
  };
}

/** As RabbitMQ keeps passwords: four random bytes, then SHA-256 of them and the password. */
function hashOf(password) {
  const salt = randomBytes(4);
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64');
}
