import type { JsonObject } from '../../json.js';
import { invalid, missing, requireText } from './rules.js';

/** A file is named by the id of an upload or by an address, never by both. */
export function checkMediaReference(media: JsonObject, path: string): void {
  const named = ['id', 'link'].filter((key) => media[key] !== undefined);
  if (named.length === 0) throw missing(`${path}.id`);
  if (named.length > 1) throw invalid(path, "either 'id' or 'link', not both");
  if (named[0] === 'id') return void requireText(media, 'id', path);
  const link = requireText(media, 'link', path);
  if (!/^https?:\/\//i.test(link) || !URL.canParse(link)) {
    throw invalid(`${path}.link`, 'it has to be an http or https address');
  }
}
