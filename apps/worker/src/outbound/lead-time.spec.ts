import { LeadTime } from './lead-time.js';

describe('LeadTime', () => {
  it('begins with the least', () => expect(new LeadTime(5, 200).ms).toBe(5));

  it('is what it always took', () => {
    const lead = new LeadTime(5, 200);
    for (let at = 0; at < 200; at += 1) lead.note(40);
    expect(lead.ms).toBeCloseTo(40, 0);
  });

  it('is more than the mean where that swings', () => {
    const lead = new LeadTime(5, 200);
    for (let at = 0; at < 200; at += 1) lead.note(at % 2 === 0 ? 20 : 60);
    expect(lead.ms).toBeGreaterThan(60);
  });

  it('stays within its bounds, and forgets a stall', () => {
    const lead = new LeadTime(5, 200);
    for (let at = 0; at < 50; at += 1) lead.note(10_000);
    expect(lead.ms).toBe(200);
    for (let at = 0; at < 100; at += 1) lead.note(0);
    expect(lead.ms).toBe(5);
  });
});
