import { Ledger } from './ledger.js';
import { Settings } from './settings.js';

describe('Ledger', () => {
  let ledger: Ledger;

  beforeEach(() => {
    const settings = new Settings();
    settings.change({ ledgerCapacity: 100 });
    ledger = new Ledger(settings);
  });

  function append(count: number): void {
    for (let at = 0; at < count; at += 1) {
      const wamid = `w${ledger.count({}) + ledger.forgottenCount + 1}`;
      const to = at % 2 === 0 ? '1' : '2';
      ledger.append({
        wamid,
        phoneNumberId: '9',
        to,
        recipient: to,
        type: 'text',
        opaque: null,
        at,
        body: {},
        failure: null,
      });
    }
  }

  it('never remembers more than its capacity, and counts what made room', () => {
    append(1000);
    expect(ledger.count({})).toBeLessThanOrEqual(100);
    expect(ledger.count({}) + ledger.forgottenCount).toBe(1000);
    expect([ledger.find('w1'), ledger.find('w1000')?.seq]).toEqual([undefined, 1000]);
  });

  it('gives every entry that it remembers once, page by page, whatever was forgotten', () => {
    append(250);
    const seen: number[] = [];
    for (let after = 0, page = ledger.list({}, after, 7); page.length > 0; page = ledger.list({}, after, 7)) {
      seen.push(...page.map(({ seq }) => seq));
      after = seen.at(-1) ?? 0;
    }
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, at) => ledger.forgottenCount + at + 1));
    expect(seen.at(-1)).toBe(250);
  });

  it('filters by recipient', () => {
    append(10);
    expect(ledger.list({ to: '2' }, 0, 100).map(({ recipient }) => recipient)).toEqual(['2', '2', '2', '2', '2']);
  });
});
