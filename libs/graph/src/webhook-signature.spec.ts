import { createHmac } from 'node:crypto';
import { signBody, verifySignature, verifyToken } from './webhook-signature.js';

const SECRET = 'app-secret-of-the-platform';
const body = Buffer.from('{"text":"\\u00e4\\/"}');
const signed = (secret = SECRET): string => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

describe('verifySignature', () => {
  it('takes what was signed with a secret of ours, and says which one', () => {
    expect(verifySignature(body, signed(), [SECRET])).toEqual({ ok: true, secretIndex: 0 });
    expect(verifySignature(body, signed('old'), [SECRET, 'old'])).toEqual({ ok: true, secretIndex: 1 });
    expect(verifySignature(body, signBody(body, SECRET), [SECRET])).toEqual({ ok: true, secretIndex: 0 });
  });

  it('counts the place of a secret with the empty ones before it', () => {
    expect(verifySignature(body, signed(), ['', SECRET])).toEqual({ ok: true, secretIndex: 1 });
  });

  it('covers every byte of the body', () => {
    const changed = Buffer.from(body);
    changed[3] = (changed[3] ?? 0) ^ 1;
    expect(verifySignature(changed, signed(), [SECRET])).toEqual({ ok: false, reason: 'mismatch' });
    expect(verifySignature(Buffer.concat([body, Buffer.from(' ')]), signed(), [SECRET])).toEqual({
      ok: false,
      reason: 'mismatch',
    });
  });

  it.each([
    ['without the prefix', signed().slice(7)],
    ['another algorithm', signed().replace('sha256', 'sha1')],
    ['an upper-case prefix', signed().replace('sha256', 'SHA256')],
    ['upper-case hex', `sha256=${signed().slice(7).toUpperCase()}`],
    ['one digit short', signed().slice(0, -1)],
    ['one digit long', `${signed()}0`],
    ['blanks around it', ` ${signed()}`],
    ['a line end after it', `${signed()}\n`],
    ['twice, joined by a comma', `${signed()}, ${signed()}`],
    ['something that is no hex', `sha256=${'z'.repeat(64)}`],
  ])('refuses a header with %s as malformed', (_, header) => {
    expect(verifySignature(body, header, [SECRET])).toEqual({ ok: false, reason: 'malformed' });
  });

  it('refuses a doubled header even when both are right', () => {
    expect(verifySignature(body, [signed(), signed()], [SECRET])).toEqual({ ok: false, reason: 'malformed' });
    expect(verifySignature(body, [signed()], [SECRET])).toEqual({ ok: false, reason: 'malformed' });
  });

  it('refuses a missing or an empty header', () => {
    expect(verifySignature(body, undefined, [SECRET])).toEqual({ ok: false, reason: 'missing' });
    expect(verifySignature(body, '', [SECRET])).toEqual({ ok: false, reason: 'missing' });
  });

  it('fails closed without a secret, even for a signature made with the empty one', () => {
    expect(verifySignature(body, signed(''), [])).toEqual({ ok: false, reason: 'no-secret' });
    expect(verifySignature(body, signed(''), [''])).toEqual({ ok: false, reason: 'no-secret' });
  });

  it('refuses what another app signed', () => {
    expect(verifySignature(body, signed('of another app'), [SECRET, 'old'])).toEqual({ ok: false, reason: 'mismatch' });
  });
});

describe('verifyToken', () => {
  it('takes the token and nothing else', () => {
    expect(verifyToken('token', 'token')).toBe(true);
    expect(verifyToken('Token', 'token')).toBe(false);
    expect(verifyToken('token and more', 'token')).toBe(false);
  });

  it('takes nothing that is no text, and never matches where no token is configured', () => {
    expect(verifyToken(['token'], 'token')).toBe(false);
    expect(verifyToken(undefined, undefined)).toBe(false);
    expect(verifyToken('', '')).toBe(false);
    expect(verifyToken('token', undefined)).toBe(false);
  });
});
