import { CliFailure, EXIT } from './failure.js';
import type { RestClient } from './rest.client.js';

const PAGE = 100;

/** A connected number, as far as the CLI shows it. */
export interface NumberSummary {
  readonly id: string;
  readonly displayPhoneNumber: string;
  readonly verifiedName: string;
}

/** All numbers of the tenant. */
export async function listNumbers(api: RestClient): Promise<NumberSummary[]> {
  const numbers: NumberSummary[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await api.call<{ data: NumberSummary[]; nextCursor: string | null }>(
      'GET',
      `/v1/numbers?limit=${PAGE}${after}`,
    );
    numbers.push(...page.data);
    cursor = page.nextCursor;
  }
  return numbers;
}

/** The tenant's number where there is only one. @throws CliFailure that names them where there are several, or none */
export async function onlyNumber(api: RestClient): Promise<NumberSummary> {
  const numbers = await listNumbers(api);
  if (numbers.length === 1 && numbers[0]) return numbers[0];
  if (numbers.length === 0)
    throw new CliFailure(EXIT.usage, 'No number is connected yet: POST /v1/numbers connects one.');
  throw new CliFailure(
    EXIT.usage,
    'Several numbers are connected: say which one sends with --number.',
    numbers.map(({ id, displayPhoneNumber, verifiedName }) => `${id}  ${displayPhoneNumber}  ${verifiedName}`),
  );
}
