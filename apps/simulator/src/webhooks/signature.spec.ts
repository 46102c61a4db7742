import { sign, signatureHeaders, SIGNATURE_HEADER, SIGNATURE_KINDS } from './signature.js';

describe('signature', () => {
  it('is the HMAC-SHA256 of the bytes, as RFC 4231 (case 2) has it', () => {
    expect(sign(Buffer.from('what do ya want for nothing?'), 'Jefe')).toBe(
      'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('makes only the good kind equal to the right signature', () => {
    const bytes = Buffer.from('{}');
    const right = SIGNATURE_KINDS.filter(
      (kind) => signatureHeaders(bytes, 'secret', kind)[SIGNATURE_HEADER] === sign(bytes, 'secret'),
    );
    expect(right).toEqual(['good']);
  });

  it('sends the header twice when it is to be doubled', () => {
    expect(signatureHeaders(Buffer.from('{}'), 'secret', 'doubled')[SIGNATURE_HEADER]).toHaveLength(2);
  });
});
