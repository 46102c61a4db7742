/** What the restaurant's phone book says of one person, as of a moment. */
export interface BookEntry {
  /** Null: no longer in the book. */
  name: string | null;
  at: Date;
}

/**
 * The entry that holds of two: the newer; of the same second the removal, else the name that sorts last, so that entries end
 * alike in whatever order they come.
 */
export function laterEntry(a: BookEntry, b: BookEntry): BookEntry {
  if (a.at.getTime() !== b.at.getTime()) return a.at > b.at ? a : b;
  if (a.name === null || b.name === null) return a.name === null ? a : b;
  return a.name > b.name ? a : b;
}
