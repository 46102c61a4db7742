import { isJsonObject, listOf } from './json.js';
import { type MediaReference, mediaReference } from './media-content.js';
import { MEDIA_HEADERS } from './template-parameters.js';

const ROOT = '/template/parameters';

/** The media of ours in the headers of a template and of its cards; trusts nothing about the parameters' shape. */
export function templateMedia(parameters: unknown): MediaReference[] {
  if (!isJsonObject(parameters)) return [];
  const found = headerMedia(parameters.header, `${ROOT}/header`);
  if (parameters.cards === undefined) return found;
  const ofCards = listOf(parameters.cards).flatMap((card, place) =>
    isJsonObject(card) ? headerMedia(card.header, `${ROOT}/cards/${place}/header`) : [],
  );
  return [...found, ...ofCards];
}

function headerMedia(header: unknown, at: string): MediaReference[] {
  if (!isJsonObject(header)) return [];
  const kind = MEDIA_HEADERS.find((one) => isJsonObject(header[one]));
  const reference = kind ? mediaReference(kind, header[kind], `${at}/${kind}`) : null;
  return reference ? [reference] : [];
}
