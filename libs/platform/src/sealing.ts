import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** One key of SEALING_KEYS: 32 bytes under a name that the sealed form carries. */
export interface SealingKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** The place that a secret belongs to. It cannot be opened as that of another place or version. */
export interface SealedPlace {
  /** null for a secret of the platform itself. */
  readonly tenantId: string | null;
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
  /** The version of the secret in that place, so that an old one cannot be put back. */
  readonly version: number;
}

/** Why a sealed value could not be opened. Neither the text nor any key is part of it. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';

  constructor(
    readonly reason: 'malformed' | 'unknown-key' | 'not-authentic',
    place: SealedPlace,
  ) {
    super(
      `The sealed value of ${place.table}.${place.column}, row ${place.rowId}, cannot be opened: ${REASONS[reason]}`,
    );
  }
}

const REASONS = {
  malformed: 'it is not in the sealed form',
  'unknown-key': 'SEALING_KEYS no longer names its key',
  'not-authentic': 'it was changed, or it belongs to another tenant, row, column or version',
} as const;

const FORMAT = 's1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^s1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * Seals secrets at rest: AES-256-GCM, a random nonce of 96 bits (at most 2^32 values a key: NIST SP 800-38D), bound to
 * tenant, table, column, row, version and key. The sealed form is text: `s1.<key id>.<base64url of nonce, text, tag>`.
 */
export class Sealer {
  private readonly current: SealingKey;
  private readonly keys: ReadonlyMap<string, Uint8Array>;

  /** The first key seals; all of them open, so that a rotation adds a key in front and drops the last one later. */
  constructor(keys: readonly SealingKey[]) {
    const [current] = keys;
    if (!current) throw new Error('Sealing needs at least one key');
    this.current = current;
    this.keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  seal(plaintext: string, place: SealedPlace): string {
    const { id, key } = this.current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(id, place));
    const sealed = Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${FORMAT}.${id}.${sealed.toString('base64url')}`;
  }

  /** @throws SealBroken when the value is malformed, its key is unknown, or it is not what was sealed for this place. */
  open(sealed: string, place: SealedPlace): string {
    const [, id, body] = SEALED.exec(sealed) ?? [];
    const bytes = Buffer.from(body ?? '', 'base64url');
    // Compared as text, so that one value has one form only: base64 ignores the last character's spare bits.
    const isWhole = bytes.length >= NONCE_BYTES + TAG_BYTES && bytes.toString('base64url') === body;
    if (id === undefined || !isWhole) throw new SealBroken('malformed', place);
    const key = this.keys.get(id);
    if (!key) throw new SealBroken('unknown-key', place);
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(boundTo(id, place))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      // The cause is dropped on purpose: it says no more than that the tag did not match.
      throw new SealBroken('not-authentic', place);
    }
  }

  /** Whether the value was sealed with an older key and should be sealed again. */
  isOutdated(sealed: string): boolean {
    return !sealed.startsWith(`${FORMAT}.${this.current.id}.`);
  }
}

/** One byte string for one place: a JSON array, so that no two places share it. */
function boundTo(keyId: string, { tenantId, table, column, rowId, version }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, keyId, tenantId, table, column, rowId, version]));
}
