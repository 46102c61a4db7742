import { createHash } from 'node:crypto';
import { constantTimeEqual, generateApiKey, parseApiKey, sha256, verifyApiKey } from './secrets.js';

describe('API keys', () => {
  const key = generateApiKey();

  it('have the published form', () => {
    expect(key.text).toMatch(/^parley_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$/);
    expect(key.text.startsWith(`${key.prefix}_`)).toBe(true);
    expect(key.prefix).toBe(`parley_live_${key.id}`);
  });

  it('are read back to the id and the hash that were stored', () => {
    expect(parseApiKey(key.text)).toEqual({ id: key.id, secretHash: key.secretHash });
  });

  it('hash the secret alone', () => {
    const secret = key.text.slice(key.prefix.length + 1, -6);
    expect(key.secretHash).toEqual(createHash('sha256').update(secret).digest());
  });

  it('are all different', () => {
    const keys = Array.from({ length: 200 }, generateApiKey);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(200);
    expect(new Set(keys.map(({ secretHash }) => secretHash.toString('hex'))).size).toBe(200);
  });

  it('fail their checksum when any one character is another', () => {
    const from = 'parley_live_'.length;
    const changed = Array.from({ length: key.text.length - from }, (_, at) => {
      const place = from + at;
      const other = key.text[place] === 'x' ? 'y' : 'x';
      return key.text.slice(0, place) + other + key.text.slice(place + 1);
    });
    expect(changed.filter((text) => parseApiKey(text) !== null)).toEqual([]);
  });

  it.each([
    '',
    'parley_live_',
    'Bearer x',
    'parley_test_',
    key.text.slice(1),
    `${key.text} `,
    `${key.text}\n`,
    key.text.toLowerCase(),
  ])('of another form are refused: %j', (text) => {
    expect(parseApiKey(text)).toBeNull();
  });

  it('match the stored hash of their own secret only', () => {
    expect(verifyApiKey(key, key.secretHash)).toBe(true);
    expect(verifyApiKey(key, new Uint8Array(key.secretHash))).toBe(true);
    expect(verifyApiKey(key, generateApiKey().secretHash)).toBe(false);
    expect(verifyApiKey(key, key.secretHash.subarray(1))).toBe(false);
    expect(verifyApiKey(key, new Uint8Array())).toBe(false);
  });
});

describe('constantTimeEqual', () => {
  it.each([
    ['token', 'token', true],
    ['token', 'Token', false],
    ['token', 'token ', false],
    ['', 'token', false],
    ['', '', true],
  ])('%j and %j: %j', (given, expected, same) => {
    expect(constantTimeEqual(given, expected)).toBe(same);
  });

  it('hashes as everybody does', () => {
    expect(sha256('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
