import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { CliFailure, EXIT } from './failure.js';

/** Flags that stand before the environment. */
export interface SettingFlags {
  readonly url?: string;
  readonly apiKey?: string;
  readonly simulatorUrl?: string;
  readonly accessToken?: string;
}

/** Whom the commands speak to. */
export interface Settings {
  /** Where Parley's API is, without a slash at the end. */
  readonly url: string;
  /** Where the simulator is, without a slash at the end. */
  readonly simulatorUrl: string;
  /** @throws CliFailure where no key was given and `bin/dev` left none */
  apiKey(): string;
  /** Meta's access token of an account; without one that was given, the demo account's. @throws CliFailure for others */
  accessToken(wabaId: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Flags first, then the environment, then what `bin/dev` left behind. @throws CliFailure for an address that is none */
export function readSettings(flags: SettingFlags): Settings {
  return settingsFrom(flags, process.env, dirname(findPackageJSON('..', import.meta.url) ?? '.'));
}

/** As `readSettings`; `root` is the folder of the clone. */
export function settingsFrom(flags: SettingFlags, env: Environment, root: string): Settings {
  const apiKey = flags.apiKey || env['PARLEY_API_KEY'];
  const accessToken = flags.accessToken || env['PARLEY_ACCESS_TOKEN'];
  return {
    url: address(flags.url || env['PARLEY_URL'] || 'http://127.0.0.1:3000', '--url or PARLEY_URL'),
    simulatorUrl: address(
      flags.simulatorUrl || env['PARLEY_SIMULATOR_URL'] || 'http://127.0.0.1:4000',
      '--simulator-url or PARLEY_SIMULATOR_URL',
    ),
    apiKey: () => apiKey || demoKey(root) || missing('API key', '--api-key or PARLEY_API_KEY'),
    accessToken: (wabaId) =>
      accessToken ||
      demoToken(root, wabaId) ||
      missing(`access token of account ${wabaId}`, '--access-token or PARLEY_ACCESS_TOKEN'),
  };
}

function address(text: string, setting: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/+$/, '');
  throw new CliFailure(EXIT.usage, `${setting} is no http address: ${text}`);
}

function missing(what: string, setting: string): never {
  throw new CliFailure(EXIT.usage, `There is no ${what}: give ${setting}.`);
}

/** The key of the demo tenant, which `bin/dev` writes. */
function demoKey(root: string): string | undefined {
  return readWhereThere(join(root, '.parley', 'demo-api-key'))?.trim();
}

/** The demo account exists in the simulator only, so its token is no secret. */
function demoToken(root: string, wabaId: string): string | undefined {
  const text = readWhereThere(join(root, 'prisma', 'demo.json'));
  if (text === undefined) return undefined;
  const demo = JSON.parse(text) as { wabaId: string; accessToken: string };
  return demo.wabaId === wabaId ? demo.accessToken : undefined;
}

function readWhereThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // there was no bin/dev here, or it is another user's
  }
}
