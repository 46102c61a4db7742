import type { SealingKey } from '../sealing.js';

/** A text that does not parse. The message says what is wanted and never what was given. */
export class BadValue extends Error {
  override readonly name = 'BadValue';
}

/** A decimal integer; Number() alone would take '0x10', '1e3' and ' 1 '. */
export function integer(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new BadValue('must be a whole number');
  return Number(text);
}

/** A decimal share such as `0.30`. */
export function share(text: string): number {
  if (!/^[01](\.\d{1,4})?$/.test(text)) throw new BadValue('must be a share such as 0.30');
  return Number(text);
}

/** `true` or `false`. */
export function flag(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new BadValue('must be true or false');
  return text === 'true';
}

/** Texts separated by commas; blanks around them do not count. */
export function list(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.includes('')) throw new BadValue('must be a list separated by commas, without empty places');
  return items;
}

/** Origins separated by commas, each as a browser writes it: `https://hooks.example.com`, `http://10.0.0.5:8080`. */
export function origins(text: string): readonly string[] {
  const items = list(text);
  if (items.some((item) => URL.parse(item)?.origin !== item)) {
    throw new BadValue('must be a list of origins such as https://hooks.example.com, separated by commas');
  }
  return items;
}

/** `path` or `/path/` become `path`. */
export function pathPrefix(text: string): string {
  const path = text.replace(/^\/+|\/+$/g, '');
  if (!/^[\w-]+(\/[\w-]+)*$/.test(path)) throw new BadValue('must be a path such as v1');
  return path;
}

/** A URL without the slash at its end. */
export function baseUrl(text: string): string {
  return text.replace(/\/+$/, '');
}

const SEALING_KEY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=)$/;

/** `id:key,id2:key2`: each key is 32 bytes in base64 (`openssl rand -base64 32`). The first one seals. */
export function sealingKeys(text: string): readonly SealingKey[] {
  const keys = list(text).map((item) => {
    const [, id, key] = SEALING_KEY.exec(item) ?? [];
    if (id === undefined || key === undefined) {
      throw new BadValue('must be a list of id:key, where each key is 32 bytes in base64 (openssl rand -base64 32)');
    }
    return { id, key: Buffer.from(key, 'base64') };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new BadValue('must not name the same id twice');
  return keys;
}

/** Whose messages a broker's user or routing key stands for. */
export interface BrokerBinding {
  readonly by: 'user' | 'key';
  readonly value: string;
  readonly tenantId: string;
}

const BROKER_BINDING = /^(user|key):(.{1,255})=([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

/** `user:erp-casa=<tenant id>,key:orders.casa=<tenant id>` */
export function brokerBindings(text: string): readonly BrokerBinding[] {
  const bindings = list(text).map((item): BrokerBinding => {
    const [, by, value, tenantId] = BROKER_BINDING.exec(item) ?? [];
    if (by === undefined || value === undefined || tenantId === undefined) {
      throw new BadValue('must be a list of user:<name>=<tenant id> and key:<routing key>=<tenant id>, separated by commas');
    }
    return { by: by.toLowerCase() as BrokerBinding['by'], value, tenantId: tenantId.toLowerCase() };
  });
  const names = new Set(bindings.map(({ by, value }) => `${by} ${value}`));
  if (names.size < bindings.length) throw new BadValue('must not bind the same user or routing key twice');
  return bindings;
}
