import { isJsonObject, type JsonObject } from '../../json.js';
import { GraphError } from '../graph-error.js';

/** A parameter that has to be there and is not. */
export function missing(path: string): GraphError {
  return new GraphError(131008, { details: `Required parameter '${path}' is missing.` });
}

/** A parameter with a value that is not allowed. */
export function invalid(path: string, why: string): GraphError {
  return new GraphError(131009, { details: `Parameter '${path}' is not valid: ${why}.` });
}

/** A string of 1 to `max` characters. */
export function requireText(owner: JsonObject, key: string, path: string, max = Number.POSITIVE_INFINITY): string {
  const value = owner[key];
  if (value === undefined || value === null || value === '') throw missing(`${path}.${key}`);
  if (typeof value !== 'string') throw invalid(`${path}.${key}`, 'it has to be a string');
  return checkLength(value, `${path}.${key}`, max);
}

/** As `requireText`, or nothing. */
export function optionalText(owner: JsonObject, key: string, path: string, max: number): string | undefined {
  const value = owner[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(`${path}.${key}`, 'it has to be a string');
  return checkLength(value, `${path}.${key}`, max);
}

/** An object under that key. */
export function requireObject(owner: JsonObject, key: string, path: string): JsonObject {
  const value = owner[key];
  if (value === undefined || value === null) throw missing(path);
  if (!isJsonObject(value)) throw invalid(path, 'it has to be an object');
  return value;
}

/** A list of `min` to `max` objects under that key. */
export function requireList(owner: JsonObject, key: string, path: string, min: number, max: number): JsonObject[] {
  const value = owner[key];
  if (value === undefined || value === null) throw missing(`${path}.${key}`);
  if (!Array.isArray(value)) throw invalid(`${path}.${key}`, 'it has to be a list');
  const items: unknown[] = value;
  if (!items.every(isJsonObject)) throw invalid(`${path}.${key}`, 'it has to be a list of objects');
  if (items.length < min || items.length > max) throw invalid(`${path}.${key}`, `it takes ${min} to ${max} entries`);
  return items;
}

/** Meta counts characters as JavaScript does: in UTF-16 units. */
function checkLength(value: string, path: string, max: number): string {
  if (value.length <= max) return value;
  const details = `Param ${path} must be at most ${max} characters long.`;
  throw new GraphError(100, { message: `(#100) ${details}`, details });
}
