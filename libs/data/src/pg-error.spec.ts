import pg from 'pg';
import { failureOfState, pgFailure } from './pg-error.js';
import { isUniqueViolation } from './access/unique-violation.js';

const withCode = <E extends Error>(error: E, code: string): E => Object.assign(error, { code });

describe('pgFailure', () => {
  it.each([
    ['08006', 'connection'],
    ['57P01', 'connection'],
    ['57P03', 'connection'],
    ['53100', 'connection'],
    ['53300', 'connection'],
    ['25P03', 'connection'],
    ['40001', 'transient'],
    ['40P01', 'transient'],
    ['22P05', 'row'],
    ['23505', 'row'],
    ['57014', 'row'],
    ['42501', 'other'],
    ['', 'other'],
  ])('calls SQLSTATE %s %s', (state, failure) => {
    expect(failureOfState(state)).toBe(failure);
    expect(pgFailure(withCode(new pg.DatabaseError('x', 0, 'error'), state))).toBe(failure);
  });

  it('calls an error of the database without a SQLSTATE other', () => {
    expect(pgFailure(new pg.DatabaseError('x', 0, 'error'))).toBe('other');
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'])('calls the socket error %s connection', (code) => {
    expect(pgFailure(withCode(new Error('x'), code))).toBe('connection');
  });

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect', 'Cannot use a pool after calling end on the pool'])(
    'calls pg\'s own "%s" connection',
    (text) => expect(pgFailure(new Error(text))).toBe('connection'),
  );

  it('looks at each address of a name', () => {
    expect(pgFailure(new AggregateError([new Error('x'), withCode(new Error('x'), 'ECONNREFUSED')]))).toBe('connection');
    expect(pgFailure(new AggregateError([new Error('x')]))).toBe('other');
  });

  it.each([[new Error('x')], ['a text'], [undefined], [null], [{ code: 'ECONNREFUSED' }]])('calls %p other', (error) => {
    expect(pgFailure(error)).toBe('other');
  });
});

describe('isUniqueViolation', () => {
  it('knows PostgreSQL\'s and Prisma\'s, and nothing else', () => {
    expect(isUniqueViolation(withCode(new Error('x'), '23505'))).toBe(true);
    expect(isUniqueViolation(withCode(new Error('x'), 'P2002'))).toBe(true);
    expect(isUniqueViolation(withCode(new Error('x'), '23503'))).toBe(false);
    expect(isUniqueViolation('23505')).toBe(false);
  });
});
