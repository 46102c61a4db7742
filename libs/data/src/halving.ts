import { pgFailure, type PgFailure } from './pg-error.js';

/** What became of one row of a set: its result, or the error that is its own. */
export type RowOutcome<Result> = { ok: true; result: Result } | { ok: false; error: unknown };

/** A statement that failed for its data: one of the rows is bad, and halving finds it. */
export const blamesRow = (failure: PgFailure): boolean => failure === 'row';

/** Whatever is not the database's own trouble is a row's: for sets that run our code as well as statements. */
export const blamesRowUnlessAway = (failure: PgFailure): boolean => failure !== 'connection' && failure !== 'transient';

/**
 * Runs a set so that a bad row fails alone: on a serialisation failure or deadlock the set runs once more; on a data or
 * constraint error (`blames` decides) it is halved until the bad row stands alone. Any other error belongs to every row.
 * `run` answers by position, and each call of it is one transaction (or savepoint) of its own.
 */
export async function runHalving<Row, Result>(
  rows: readonly Row[],
  run: (rows: readonly Row[]) => Promise<readonly Result[]>,
  blames: (failure: PgFailure) => boolean = blamesRow,
  mayRunAgain = true,
): Promise<RowOutcome<Result>[]> {
  try {
    const results = await run(rows);
    if (results.length !== rows.length) throw new Error(`A set of ${rows.length} rows answered ${results.length} results`);
    return results.map((result) => ({ ok: true, result }));
  } catch (error) {
    const failure = pgFailure(error);
    if (failure === 'transient' && mayRunAgain) return runHalving(rows, run, blames, false);
    if (!blames(failure) || rows.length === 1) return rows.map(() => ({ ok: false, error }));
    const middle = rows.length >> 1;
    const first = await runHalving(rows.slice(0, middle), run, blames);
    const second = await runHalving(rows.slice(middle), run, blames);
    return [...first, ...second];
  }
}
