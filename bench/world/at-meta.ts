import type { Config } from '@parley/platform';
import { TEMPLATES } from './templates.js';

const RESTAURANTS = 5;
const NUMBERS_EACH = 10;

/** The control API of the simulator. */
export class Meta {
  constructor(readonly url: string) {}

  async control<Answer = unknown>(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/control/${path}`, {
      method,
      ...(body !== undefined && { headers, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  /** How many messages were taken. */
  async taken(): Promise<number> {
    return (await this.control<{ count: number }>('GET', 'ledger/count')).count;
  }

  /** Updates that no webhook has brought yet. */
  async untold(): Promise<number> {
    const { callbacks } = await this.control<{ callbacks: { backlog: Record<string, number> }[] }>('GET', 'receiver');
    return callbacks.flatMap(({ backlog }) => Object.values(backlog)).reduce((sum, count) => sum + count, 0);
  }
}

/** What `openRestaurants` wrote into the database, said to the simulator as well: accounts, numbers, templates, the app. */
export async function openAtMeta(meta: Meta, config: Config, settings: object): Promise<void> {
  const callbackUrl = `http://127.0.0.1:${config.API_PORT}/webhooks/whatsapp`;
  const [appSecret] = config.META_APP_SECRETS;
  const app = {
    appId: config.META_APP_ID,
    appSecret,
    verifyToken: config.META_VERIFY_TOKEN,
    callbackUrl,
    skipHandshake: true,
  };
  await meta.control('POST', 'apps', app);
  for (let at = 0; at < RESTAURANTS; at += 1) {
    await meta.control('POST', 'accounts', {
      wabaId: String(200_000_000_000_000 + at),
      name: `Restaurant ${at}`,
      token: 'EAABenchToken',
      appId: config.META_APP_ID,
      subscribe: true,
      numbers: Array.from({ length: NUMBERS_EACH }, (_, n) => ({
        id: String(300_000_000_000_000 + at * 1_000 + n + 1),
        displayPhoneNumber: `+40 21 555 ${String(at * 100 + n + 1).padStart(4, '0')}`,
        verifiedName: 'Restaurant',
        throughputLevel: 'HIGH',
      })),
      templates: TEMPLATES.map(({ name, language, parameterFormat, components }) => ({
        name,
        language,
        parameterFormat,
        components,
        category: 'UTILITY',
        status: 'APPROVED',
      })),
    });
  }
  await meta.control('PUT', 'settings', { magicRecipients: false, ...settings });
}
