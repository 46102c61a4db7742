/** An id as one segment of a path: nothing that a caller gives can leave it. @throws TypeError */
export function segment(id: string): string {
  if (!/^\d{1,32}$/.test(id)) throw new TypeError('A Graph id is a string of digits');
  return id;
}

/** A query with its question mark, of the values that are given; empty without any. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  if (given.length === 0) return '';
  return `?${given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
