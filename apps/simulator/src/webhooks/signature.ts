import { createHmac } from 'node:crypto';

export const SIGNATURE_HEADER = 'x-hub-signature-256';

/** Right and wrong ways to sign, for tests of receivers. */
export const SIGNATURE_KINDS = ['good', 'bad', 'missing', 'truncated', 'uppercase', 'doubled'] as const;
export type SignatureKind = (typeof SIGNATURE_KINDS)[number];

/** `sha256=` and the lower-case hex HMAC-SHA256 of the exact bytes under the app secret. */
export function sign(bytes: Uint8Array, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(bytes).digest('hex')}`;
}

/** The headers that sign these bytes that way. */
export function signatureHeaders(
  bytes: Uint8Array,
  appSecret: string,
  kind: SignatureKind,
): Record<string, string | string[]> {
  const good = sign(bytes, appSecret);
  switch (kind) {
    case 'good':
      return { [SIGNATURE_HEADER]: good };
    case 'bad':
      return { [SIGNATURE_HEADER]: sign(bytes, `${appSecret}-of-somebody-else`) };
    case 'missing':
      return {};
    case 'truncated':
      return { [SIGNATURE_HEADER]: good.slice(0, -2) };
    case 'uppercase':
      return { [SIGNATURE_HEADER]: good.toUpperCase() };
    case 'doubled':
      return { [SIGNATURE_HEADER]: [good, good] };
  }
}
