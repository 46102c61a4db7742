import { MemoryCache } from '@parley/cache';
import type { AccessLookups, KeyRow } from '@parley/data';
import { isScope } from '@parley/domain';
import { parseApiKey, verifyApiKey } from '@parley/platform';
import { timingSafeEqual } from 'node:crypto';
import type { TenantCaller } from './caller.js';

/** Keys that one process remembers. */
const MAX_KEYS = 10_000;
/** `parley_live_` and the id: the part of a key that is not secret. */
const PREFIX_LENGTH = 24;
const KEY_LENGTH = 63;

interface KnownKey {
  /** The whole key. It stays in this process' memory only, as the requests that carry it do. */
  readonly bytes: Uint8Array;
  readonly caller: TenantCaller;
}

/** True for a token that claims to be one of our keys. */
export function looksLikeApiKey(token: string): boolean {
  return token.startsWith('parley_live_');
}

/**
 * Verifies API keys. A key that was right a moment ago costs one look into a map and one comparison, no hash and no
 * await. The map goes by the public part of the key alone, and the secret is compared in constant time, so that neither
 * tells by its duration how close a guess was.
 */
export class ApiKeys {
  private readonly known: MemoryCache<KnownKey>;
  /** Look-ups under way: when a busy key is due for one, its requests share it. */
  private readonly lookingUp = new Map<string, Promise<KeyRow | null>>();
  private readonly scratch = new Uint8Array(KEY_LENGTH);
  private readonly encoder = new TextEncoder();

  constructor(
    private readonly lookups: Pick<AccessLookups, 'key'>,
    cacheSeconds: number,
    nowMs?: () => number,
  ) {
    this.known = new MemoryCache({ ttlMs: cacheSeconds * 1_000, maxEntries: MAX_KEYS, ...(nowMs && { nowMs }) });
  }

  /** The caller of a key that was verified within AUTH_CACHE_SECONDS. */
  recent(token: string): TenantCaller | undefined {
    const known = this.known.fresh(token.slice(0, PREFIX_LENGTH));
    return known && this.isKey(token, known) ? known.caller : undefined;
  }

  /** Whether the key was right before, however long ago: whoever has it is not guessing. */
  isFamiliar(token: string): boolean {
    const known = this.known.last(token.slice(0, PREFIX_LENGTH));
    return known !== undefined && this.isKey(token, known);
  }

  /** The caller of a key, by the database; null when the key is malformed, unknown, wrong, revoked or expired. */
  async verify(token: string): Promise<TenantCaller | null> {
    const key = parseApiKey(token);
    if (!key) return null;
    const row = await this.lookUp(key.id);
    if (!row || !verifyApiKey(key, row.secretHash)) return null;
    const scopes = new Set(row.scopes.filter(isScope));
    const caller: TenantCaller = { kind: 'api-key', tenantId: row.tenantId, actor: `key:${key.id}`, scopes };
    this.known.set(token.slice(0, PREFIX_LENGTH), { bytes: this.encoder.encode(token), caller });
    return caller;
  }

  /** Forgets a key that was revoked. Other processes do so within AUTH_CACHE_SECONDS. */
  forget(keyId: string): void {
    this.known.forget(`parley_live_${keyId}`);
  }

  private lookUp(keyId: string): Promise<KeyRow | null> {
    const running = this.lookingUp.get(keyId);
    if (running) return running;
    const started = this.lookups.key(keyId).finally(() => this.lookingUp.delete(keyId));
    this.lookingUp.set(keyId, started);
    return started;
  }

  private isKey(token: string, { bytes }: KnownKey): boolean {
    if (token.length !== KEY_LENGTH) return false;
    // A character beyond ASCII takes more bytes than there is room for; what is missing cannot be equal.
    const { written } = this.encoder.encodeInto(token, this.scratch);
    return written === KEY_LENGTH && timingSafeEqual(this.scratch, bytes);
  }
}
