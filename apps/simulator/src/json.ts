/** An object as JSON.parse gives it. */
export type JsonObject = Record<string, unknown>;

/** True for a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const withRawJson = JSON as unknown as { rawJSON(text: string): unknown };

/** A JSON integer of any size: Meta writes template ids as integers beyond 2^53 into its webhooks. */
export function jsonInteger(digits: string): unknown {
  return withRawJson.rawJSON(digits);
}
