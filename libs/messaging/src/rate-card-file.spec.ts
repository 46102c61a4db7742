import { LIST_RATE_CARD } from '@parley/domain';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRateCard } from './rate-card-file.js';

describe('RATE_CARD_FILE', () => {
  const dir = mkdtempSync(join(tmpdir(), 'parley-rate-card-'));
  const file = (text: string): string => {
    writeFileSync(join(dir, 'card.json'), text);
    return join(dir, 'card.json');
  };
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('takes the place of the list prices', async () => {
    const card = { ...LIST_RATE_CARD, currency: 'EUR', asOf: '2026-10-01' };
    expect(await loadRateCard(file(JSON.stringify(card)))).toEqual(card);
  });

  it.each([
    ['is not there', () => join(dir, 'missing.json'), 'cannot be read'],
    ['is no JSON', () => file('{'), 'is not JSON'],
    ['is no rate card', () => file('{"currency":"EUR"}'), '/asOf must be a date'],
  ])('that %s is told, and keeps the process from starting', async (_, path, problem) => {
    await expect(loadRateCard(path())).rejects.toMatchObject({ name: 'RateCardInvalid', message: expect.stringContaining(problem) as string });
  });
});
