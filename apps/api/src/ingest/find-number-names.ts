import { namesOfNumber, type SystemDb } from '@parley/data';
import { DomainError, type NumberNames } from '@parley/domain';
import { isUUID } from 'class-validator';

/**
 * How webhooks name the number that an operator asked for, by Meta's id or by ours. Meta's id may be of a number that nobody has
 * connected.
 * @param pointer where it was asked for @throws request.invalid for an id of ours that no number has
 */
export async function findNumberNames(db: SystemDb, number: string, pointer: string): Promise<NumberNames> {
  if (!isUUID(number)) return (await namesOfNumber(db, { graphId: number })) ?? { graphId: number, digits: null };
  const names = await namesOfNumber(db, { ours: number });
  if (names) return names;
  const detail = 'No phone number has this id.';
  throw new DomainError('request.invalid', detail, { errors: [{ pointer, code: 'field.invalid', detail }] });
}
