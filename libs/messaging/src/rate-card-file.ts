import type { Provider } from '@nestjs/common';
import { LIST_RATE_CARD, RateCardInvalid, readRateCard, type RateCard } from '@parley/domain';
import { Config } from '@parley/platform';
import { readFile } from 'node:fs/promises';

/** The rate card of the installation. */
export const RATE_CARD = Symbol('the rate card');

/** Read once, at the start; a file that cannot be used keeps the process from starting, and says why. */
export const rateCardProvider: Provider = {
  provide: RATE_CARD,
  useFactory: ({ RATE_CARD_FILE: file }: Config): Promise<RateCard> | RateCard => (file === undefined ? LIST_RATE_CARD : loadRateCard(file)),
  inject: [Config],
};

/** @throws RateCardInvalid */
export async function loadRateCard(file: string): Promise<RateCard> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new RateCardInvalid(['RATE_CARD_FILE cannot be read']);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RateCardInvalid(['RATE_CARD_FILE is not JSON']);
  }
  return readRateCard(value);
}
