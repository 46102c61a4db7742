import { randomBytes } from 'node:crypto';
import { SealBroken, Sealer, type SealedPlace } from './sealing.js';

const place: SealedPlace = { tenantId: 't1', table: 'accounts', column: 'token', rowId: 'r1', version: 1 };
const oldKey = { id: '2025', key: randomBytes(32) };
const newKey = { id: '2026', key: randomBytes(32) };
const sealer = new Sealer([newKey]);
const CANARY = 'EAA-canary-țoken';

function reasonOf(open: () => string): unknown {
  try {
    open();
  } catch (error) {
    if (error instanceof SealBroken) return error.reason;
    throw error;
  }
  return 'opened';
}

describe('Sealer', () => {
  it.each([CANARY, '', '𝄞'.repeat(5_000)])('opens what it sealed', (text) => {
    expect(sealer.open(sealer.seal(text, place), place)).toBe(text);
  });

  it('never seals to the same bytes twice, and does not show the text', () => {
    const sealed = Array.from({ length: 100 }, () => sealer.seal(CANARY, place));
    expect(new Set(sealed).size).toBe(100);
    expect(Buffer.from(sealed[0]?.split('.')[2] ?? '', 'base64url').includes('canary')).toBe(false);
  });

  it.each<Partial<SealedPlace>>([
    { tenantId: 't2' },
    { tenantId: null },
    { table: 'apps' },
    { column: 'secret' },
    { rowId: 'r2' },
    { version: 2 },
  ])('does not open a value moved to %j', (elsewhere) => {
    const sealed = sealer.seal(CANARY, place);
    expect(reasonOf(() => sealer.open(sealed, { ...place, ...elsewhere }))).toBe('not-authentic');
  });

  it('tells places apart whose names joined are the same', () => {
    const sealed = sealer.seal(CANARY, { ...place, table: 'ab', column: 'c' });
    expect(reasonOf(() => sealer.open(sealed, { ...place, table: 'a', column: 'bc' }))).toBe('not-authentic');
    const platforms = sealer.seal(CANARY, { ...place, tenantId: null });
    expect(reasonOf(() => sealer.open(platforms, { ...place, tenantId: 'null' }))).toBe('not-authentic');
  });

  it('does not open a value with any one bit flipped', () => {
    const [format, id, body] = sealer.seal('x', place).split('.');
    const bytes = Buffer.from(body ?? '', 'base64url');
    const outcomes = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return reasonOf(() => sealer.open([format, id, flipped.toString('base64url')].join('.'), place));
    });
    expect(new Set(outcomes)).toEqual(new Set(['not-authentic']));
  });

  it('opens no truncated value', () => {
    const sealed = sealer.seal(CANARY, place);
    const outcomes = Array.from({ length: sealed.length }, (_, length) =>
      reasonOf(() => sealer.open(sealed.slice(0, length), place)),
    );
    expect(outcomes).not.toContain('opened');
  });

  it.each(['', 'plain text', 's1.2026.', 's1..AAAA', 's2.2026.AAAA', 's1.2026.AA=='])('calls %j malformed', (text) => {
    expect(reasonOf(() => sealer.open(text, place))).toBe('malformed');
  });

  it('knows one spelling of a value only', () => {
    // 29 bytes leave two spare bits in the last character, which base64 decoders ignore.
    const sealed = sealer.seal('x', place);
    const last = sealed.at(-1) ?? '';
    const twin = String.fromCharCode(last.charCodeAt(0) + 1);
    expect(Buffer.from(sealed.slice(0, -1) + twin, 'base64url').length).toBe(Buffer.from(sealed, 'base64url').length);
    expect(reasonOf(() => sealer.open(sealed.slice(0, -1) + twin, place))).not.toBe('opened');
  });

  it('opens with every key that it is given and seals with the first', () => {
    const before = new Sealer([oldKey]).seal(CANARY, place);
    const during = new Sealer([newKey, oldKey]);
    expect(during.open(before, place)).toBe(CANARY);
    expect([during.isOutdated(before), during.isOutdated(during.seal(CANARY, place))]).toEqual([true, false]);
    expect(reasonOf(() => sealer.open(before, place))).toBe('unknown-key');
  });

  it('does not open with another key under the same id', () => {
    const sealed = new Sealer([{ id: '2026', key: oldKey.key }]).seal(CANARY, place);
    expect(reasonOf(() => sealer.open(sealed, place))).toBe('not-authentic');
  });

  it('does not open a value renamed to another of its keys', () => {
    const twins = new Sealer([newKey, { id: 'twin', key: newKey.key }]);
    expect(reasonOf(() => twins.open(twins.seal(CANARY, place).replace('.2026.', '.twin.'), place))).toBe(
      'not-authentic',
    );
  });

  it('says where it failed, and neither the text nor a cause that might', () => {
    const error = new SealBroken('not-authentic', place);
    expect(error.message).toContain('accounts.token, row r1');
    expect(JSON.stringify([error, error.message, error.cause])).not.toContain('canary');
  });

  it('refuses to work without a key', () => {
    expect(() => new Sealer([])).toThrow('at least one key');
  });
});
