import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 12;
/** 32 of 62 characters: 190 bits. A hash without salt or stretching is enough for a secret of that entropy. */
const SECRET_LENGTH = 32;
/** 62^6 is more than 2^32. */
const CHECKSUM_LENGTH = 6;
const KEY = /^parley_live_([0-9A-Za-z]{12})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

/** What an API key says about itself: `parley_live_<id>_<secret><checksum>`. */
export interface ParsedApiKey {
  /** Finds the row; not secret. */
  readonly id: string;
  /** SHA-256 of the secret: what is stored and compared. */
  readonly secretHash: Buffer;
}

/** A new key. `text` is shown to its owner once and kept nowhere. */
export interface NewApiKey extends ParsedApiKey {
  readonly text: string;
  /** What lists show: `parley_live_<id>`. */
  readonly prefix: string;
}

/** Makes a key of 190 random bits with a checksum that lets scanners tell a leaked key from a look-alike offline. */
export function generateApiKey(): NewApiKey {
  const id = randomText(ID_LENGTH);
  const secret = randomText(SECRET_LENGTH);
  const prefix = `parley_live_${id}`;
  return { id, prefix, text: `${prefix}_${secret}${checksum(`${prefix}_${secret}`)}`, secretHash: sha256(secret) };
}

/** Reads a key; null when the form or the checksum is wrong, so that the database is asked for well-formed keys only. */
export function parseApiKey(text: string): ParsedApiKey | null {
  const [, id, secret, sum] = KEY.exec(text) ?? [];
  if (id === undefined || secret === undefined) return null;
  return checksum(`parley_live_${id}_${secret}`) === sum ? { id, secretHash: sha256(secret) } : null;
}

/** Whether the key's secret is the stored one, in constant time. */
export function verifyApiKey(key: ParsedApiKey, storedHash: Uint8Array): boolean {
  return storedHash.length === key.secretHash.length && timingSafeEqual(key.secretHash, storedHash);
}

/** Compares two texts in constant time, whatever their lengths: their hashes are compared. */
export function constantTimeEqual(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

/** SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

/** CRC-32 in base 62, most significant digit first. */
function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
