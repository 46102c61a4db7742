import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Whether a webhook was signed by Meta with one of our secrets, and if not, why. */
export type SignatureVerdict =
  | { readonly ok: true; readonly secretIndex: number }
  | { readonly ok: false; readonly reason: 'missing' | 'malformed' | 'mismatch' | 'no-secret' };

/** Exactly Meta's form: lower-case hex, one value, nothing around it. */
const SIGNATURE = /^sha256=([0-9a-f]{64})$/;

/**
 * Checks `X-Hub-Signature-256` over the exact bytes of the body, before anything is parsed.
 * Several secrets serve a rotation: `secretIndex` says which one matched. All of them are tried, whichever matches, so
 * that the time tells nothing. Without a secret nothing is ever right. A header sent twice (an array, or one value
 * joined by a comma) is malformed: two readers could take two different ones for the signature.
 */
export function verifySignature(
  rawBody: Uint8Array,
  header: string | readonly string[] | undefined,
  secrets: readonly string[],
): SignatureVerdict {
  const usable = secrets.map((secret, index) => ({ secret, index })).filter(({ secret }) => secret !== '');
  if (usable.length === 0) return { ok: false, reason: 'no-secret' };
  if (header === undefined || header === '') return { ok: false, reason: 'missing' };
  const hex = typeof header === 'string' ? SIGNATURE.exec(header)?.[1] : undefined;
  if (hex === undefined) return { ok: false, reason: 'malformed' };

  const given = Buffer.from(hex, 'hex');
  const matching = usable.filter(({ secret }) => timingSafeEqual(given, hmac(rawBody, secret)));
  const [first] = matching;
  return first ? { ok: true, secretIndex: first.index } : { ok: false, reason: 'mismatch' };
}

/** The header's value for a body, as Meta makes it. */
export function signBody(rawBody: Uint8Array, secret: string): string {
  return `sha256=${hmac(rawBody, secret).toString('hex')}`;
}

/** Compares `hub.verify_token` in constant time; a token that is not configured, or empty, never matches. */
export function verifyToken(given: unknown, expected: string | undefined): boolean {
  if (typeof given !== 'string' || expected === undefined || expected === '') return false;
  return timingSafeEqual(digest(given), digest(expected));
}

function hmac(rawBody: Uint8Array, secret: string): Buffer {
  return createHmac('sha256', secret).update(rawBody).digest();
}

/** Equal lengths for texts of any length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
