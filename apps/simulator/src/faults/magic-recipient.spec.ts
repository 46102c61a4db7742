import { listErrorCodes } from '../graph/error-codes.js';
import { magicCode } from './magic-recipient.js';

describe('magicCode', () => {
  it('finds every six-digit code that is listed', () => {
    const codes = listErrorCodes()
      .map(({ code }) => code)
      .filter((code) => code >= 100_000);
    expect(codes.map((code) => magicCode(`1555${code}`)?.code)).toEqual(codes);
  });

  it('knows which of them come later as a status', () => {
    expect(magicCode('15550131026')?.timing).toBe('async');
    expect(magicCode('15550130429')?.timing).toBe('sync');
  });

  it('lets ordinary numbers be, also those that end in zeros and a short code', () => {
    expect(magicCode('5511999998888')).toBeUndefined();
    expect(magicCode('5511999000100')).toBeUndefined();
  });
});
