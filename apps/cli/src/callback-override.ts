import type { JsonObject } from './json.js';
import { isJsonObject } from './json.js';
import { CliFailure, EXIT } from './failure.js';
import type { RestClient } from './rest.client.js';

/** The account that a listener is for. @throws CliFailure that names them where the simulator knows several, or none */
export async function accountToListenTo(simulator: RestClient, wabaId: string | undefined): Promise<string> {
  if (wabaId !== undefined) return wabaId;
  const accounts = await simulator.call<{ wabaId: string; name: string }[]>('GET', '/control/accounts');
  if (accounts.length === 1 && accounts[0]) return accounts[0].wabaId;
  if (accounts.length === 0)
    throw new CliFailure(EXIT.usage, 'The simulator knows no account yet: POST /control/accounts makes one.');
  throw new CliFailure(
    EXIT.usage,
    'The simulator knows several accounts: say whose webhooks with --waba.',
    accounts.map((account) => `${account.wabaId}  ${account.name}`),
  );
}

/** One account's callback, put in place of its app's while a listener runs. It covers the field `messages`, as with Meta. */
export class CallbackOverride {
  constructor(
    private readonly graph: RestClient,
    private readonly wabaId: string,
  ) {}

  /** The override in force before, if there was one. */
  async current(): Promise<string | undefined> {
    const { data } = await this.graph.call<{ data: JsonObject[] }>('GET', this.path);
    const uri = data.filter(isJsonObject).find((each) => typeof each['override_callback_uri'] === 'string');
    return uri === undefined ? undefined : String(uri['override_callback_uri']);
  }

  /** Subscribes the account with this callback, which has to pass the handshake at once. */
  async put(url: string, verifyToken: string): Promise<void> {
    await this.graph.call('POST', this.path, { body: { override_callback_uri: url, verify_token: verifyToken } });
  }

  /** Back to the app's own callback. */
  async remove(): Promise<void> {
    await this.graph.call('POST', this.path, { body: {} });
  }

  private get path(): string {
    return `/${encodeURIComponent(this.wabaId)}/subscribed_apps`;
  }
}
