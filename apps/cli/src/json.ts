import { CliFailure, EXIT } from './failure.js';

/** An object as JSON.parse gives it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the JSON object of a flag. @throws CliFailure that names the flag */
export function readObject(text: string, flag: string): JsonObject {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new CliFailure(EXIT.usage, `${flag} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (isJsonObject(read)) return read;
  throw new CliFailure(EXIT.usage, `${flag} must be a JSON object, such as '{"name": "value"}'.`);
}
