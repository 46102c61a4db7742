import { readAudienceEntry } from '@parley/domain';
import { AudienceColumns } from '../../apps/api/src/campaigns/csv/audience-columns.js';
import { openCsv } from '../../apps/api/src/csv/csv-rows.js';

describe('the rows of a large file', () => {
  it('are read from a file of 200,000 without keeping them, however large the pieces are in which it comes', async () => {
    const ROWS = 200_000;
    const head = Buffer.from('phone,name,locale,note\n');
    const body = Buffer.from(Array.from({ length: 1_000 }, (_, at) => `+4072${1_000_000 + at},"Ana ${at}",ro,\n`).join(''));
    const source = async function* (): AsyncGenerator<Buffer> {
      yield head;
      for (let at = 0; at < ROWS / 10_000; at += 1) yield Buffer.concat(Array.from({ length: 10 }, () => body));
    };
    const { rows } = await openCsv(source());
    let columns: AudienceColumns | undefined;
    let [taken, most] = [0, 0];
    const before = process.memoryUsage().heapUsed;
    for await (const { cells } of rows) {
      if (columns) taken += typeof readAudienceEntry(columns.entryOf(cells)) === 'string' ? 0 : 1;
      else columns = new AudienceColumns(cells, undefined);
      if (taken % 5_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    expect(taken).toBe(ROWS);
    expect(most).toBeLessThan(100_000_000);
  }, 30_000);
});
