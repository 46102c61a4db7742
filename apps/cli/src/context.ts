import type { Command } from 'commander';
import { readSettings, type SettingFlags, type Settings } from './cli.config.js';
import { RestClient } from './rest.client.js';
import { Terminal } from './terminal.js';

/** Flags that every command knows. */
export interface SharedFlags extends SettingFlags {
  readonly json?: boolean;
}

/** What a command works with. */
export interface Context<Flags> {
  readonly flags: Flags & SharedFlags;
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** Parley's API, with the tenant's key. @throws CliFailure where there is no key */
  api(): RestClient;
  /** The simulator, which asks for no key. */
  simulator(): RestClient;
}

/** The context of a command that is being run. @throws CliFailure for settings that cannot be used */
export function contextOf<Flags = object>(command: Command): Context<Flags> {
  const flags = command.optsWithGlobals<Flags & SharedFlags>();
  const settings = readSettings(flags);
  return {
    flags,
    settings,
    terminal: terminalFor(flags.json),
    api: () =>
      new RestClient({ name: 'Parley', url: settings.url, key: settings.apiKey(), setting: '--url or PARLEY_URL' }),
    simulator: () =>
      new RestClient({
        name: 'The simulator',
        url: settings.simulatorUrl,
        setting: '--simulator-url or PARLEY_SIMULATOR_URL',
      }),
  };
}

export function terminalFor(isJson: boolean | undefined): Terminal {
  return new Terminal(process.stdout, process.stderr, isJson ?? false);
}
