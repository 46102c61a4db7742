import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULT_KINDS } from '../faults/fault.js';

const PAGE = join(import.meta.dirname, '..', '..', 'phone', 'tools', 'fault-kinds.mjs');

describe('the panel of faults', () => {
  it('offers every kind that there is, and no other', () => {
    const offered = [...readFileSync(PAGE, 'utf8').matchAll(/kind: '([a-z-]+)'/g)].map(([, kind]) => kind);
    expect(offered.sort()).toEqual([...FAULT_KINDS].sort());
  });
});
