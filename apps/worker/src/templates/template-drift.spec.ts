import type { JobProducer } from '@parley/queue';
import { TemplateDrift } from './template-drift.js';

function setUp(): { drift: TemplateDrift; woken: unknown[] } {
  const woken: unknown[] = [];
  const producer: Pick<JobProducer, 'wake'> = { wake: (...wake) => void woken.push(wake) };
  return { drift: new TemplateDrift(producer as JobProducer), woken };
}

describe('a template that is other at Meta', () => {
  it('makes its account be read again, once for many refusals', () => {
    const { drift, woken } = setUp();
    for (let count = 0; count < 3; count += 1) drift.note('one', 132_001);
    drift.note('other', 132_000);
    expect(woken).toEqual([['templates.sync', { numberId: 'one' }], ['templates.sync', { numberId: 'other' }]]);
  });

  it.each([131_026, 132_005, null])('is not what the refusal %s says', (code) => {
    const { drift, woken } = setUp();
    drift.note('one', code);
    expect(woken).toEqual([]);
  });
});
