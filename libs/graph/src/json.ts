/** Reads JSON text; undefined for what is not JSON (an HTML page of a proxy, a cut answer, a header sent twice). */
export function parseJson(text: Buffer | string | readonly string[] | undefined): unknown {
  if (text === undefined || Array.isArray(text)) return undefined;
  try {
    return JSON.parse(text.toString()) as unknown;
  } catch {
    // Not an error of ours: the caller decides what an unreadable answer means.
    return undefined;
  }
}
