/**
 * Turns a set of rows into the parallel arrays that `unnest` takes: one array per field, in the order of `fields`.
 * Sets travel as arrays, so that a set of any size is one prepared statement.
 */
export function columns<Row>(rows: readonly Row[], ...fields: ((row: Row) => unknown)[]): unknown[][] {
  return fields.map((field) => rows.map(field));
}
