import { listErrorCodes } from '../graph/error-codes.js';
import { FAULT_KINDS } from './fault.js';
import { MAGIC_FAULTS } from './magic-faults.js';
import { magicCode, magicFault, suffixOf } from './magic-recipient.js';

describe('magicCode', () => {
  it('finds every code that is listed, the short ones under numbers of their own', () => {
    const codes = listErrorCodes().map(({ code }) => code);
    expect(codes.map((code) => magicCode(`1555${suffixOf(code)}`)?.code)).toEqual(codes);
    expect(new Set(codes.map(suffixOf)).size).toBe(codes.length);
    expect(codes.every((code) => suffixOf(code).length === 6)).toBe(true);
  });

  it('knows which of them come later as a status, and lets a nine choose where both are right', () => {
    expect(magicCode('15550131026')?.timing).toBe('async');
    expect(magicCode('15550130429')?.timing).toBe('sync');
    expect(magicCode('15559130429')?.timing).toBe('async');
    expect(magicCode('15559131008')?.timing).toBe('sync');
  });

  it('lets ordinary numbers be, also those that end in zeros and a short code', () => {
    expect(magicCode('5511999998888')).toBeUndefined();
    expect(magicCode('5511999000100')).toBeUndefined();
  });
});

describe('magicFault', () => {
  it('finds every fault by its number, none of which is a code', () => {
    for (const [number, { kind }] of MAGIC_FAULTS) {
      expect(magicFault(`1555${number}`)).toMatchObject({ kind });
      expect(FAULT_KINDS).toContain(kind);
      expect(magicCode(`1555${number}`)).toBeUndefined();
    }
    expect(magicFault('5511999998888')).toBeUndefined();
  });
});
