import type { JsonObject } from '../json.js';
import { GraphError } from './graph-error.js';

/**
 * The fields that a request asked for; `id` always comes along.
 * @param requested the `fields` parameter: names, with `{...}` for nested ones, which is let through as a whole
 * @throws GraphError 100 for a field that the node does not have
 */
export function selectFields(
  node: JsonObject,
  requested: string | undefined,
  defaults: readonly string[],
  nodeType: string,
): JsonObject {
  const names = requested ? fieldNames(requested) : defaults;
  const selected: JsonObject = {};
  for (const name of names) {
    if (!Object.hasOwn(node, name)) {
      throw new GraphError(100, {
        message: `(#100) Tried accessing nonexisting field (${name}) on node type (${nodeType})`,
      });
    }
    if (node[name] !== undefined) selected[name] = node[name];
  }
  return { ...selected, id: node['id'] };
}

function fieldNames(requested: string): string[] {
  let flat = requested;
  while (/\{[^{}]*\}/.test(flat)) flat = flat.replaceAll(/\{[^{}]*\}/g, '');
  return flat
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
