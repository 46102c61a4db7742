import type { LoggerOptions } from 'pino';

/** Names under which secrets travel. They are replaced wherever they stand at the top of a line or one level below. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'set-cookie',
  'x-hub-signature-256',
  'x-api-key',
  'apiKey',
  'appSecret',
  'accessToken',
  'access_token',
  'token',
  'verifyToken',
  'secret',
  'password',
  'pin',
] as const;

/** Names under which phone numbers travel. They keep the country and the last three digits. */
const PHONE_NAMES = ['phone', 'phoneNumber', 'displayPhoneNumber', 'to', 'from', 'recipient', 'waId', 'wa_id'] as const;

/** The objects in which the names above are also looked for. Explicit, since a wildcard would touch every line. */
const PARENTS = ['headers', 'req.headers', 'body', 'request', 'response', 'params', 'query'] as const;

const PHONES: ReadonlySet<string> = new Set(PHONE_NAMES);

/** pino's redaction: explicit paths, so that lines without such a field pay nothing. */
export const REDACTION: NonNullable<LoggerOptions['redact']> = {
  paths: [...SECRET_NAMES, ...PHONE_NAMES].flatMap((name) => {
    const step = /^\w+$/.test(name) ? `.${name}` : `["${name}"]`;
    return [step.startsWith('.') ? name : step, ...PARENTS.map((parent) => `${parent}${step}`)];
  }),
  censor: (value, path) => (isPhoneField(path.at(-1)) && typeof value === 'string' ? maskPhone(value) : '[redacted]'),
};

/** `message.state_changed` has `from` and `to` too, and those are states, not phone numbers. */
function isPhoneField(name: string | undefined): boolean {
  return name !== undefined && PHONES.has(name);
}

/** `+40722123123` becomes `+40•••••123`; a text that holds no phone number stays as it is. */
export function maskPhone(text: string): string {
  return text.replace(/(\+?)(\d{7,15})(?!\d)/g, (_, plus: string, digits: string) => {
    const hidden = '•'.repeat(Math.max(digits.length - 5, 1));
    return `${plus}${digits.slice(0, 2)}${hidden}${digits.slice(-3)}`;
  });
}

/** Removes what may stand in the text of an error: bearer tokens, API keys, Meta's access tokens, phone numbers. */
export function scrub(text: string): string {
  return text
    .replace(/\b(Bearer|Basic)\s+\S+/gi, '$1 [redacted]')
    .replace(/\bparley_live_\w+/g, 'parley_live_[redacted]')
    .replace(/\bEAA[A-Za-z0-9]{8,}/g, '[redacted]')
    .replace(/([?&](?:access_token|token|secret|appsecret_proof|input_token|code)=)[^&\s]+/gi, '$1[redacted]')
    .replace(/(?<![\w-])\+?\d{8,15}(?![\w-])/g, (phone) => maskPhone(phone));
}
