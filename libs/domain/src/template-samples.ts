import { isJsonObject, type JsonObject, listOf, objectOf, textOf } from './json.js';
import { MEDIA_MIME_TYPES, mimeEssence } from './media.js';
import { type MediaFact, mediaFault, type MediaReference } from './media-content.js';
import { mapComponents } from './template.js';
import { MEDIA_HEADERS, type MediaHeader } from './template-parameters.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Meta: the files that its uploads of samples take. They are fewer than those that may be sent. */
const SAMPLE_TYPES: Readonly<Record<MediaHeader, readonly string[]>> = {
  image: MEDIA_MIME_TYPES.image,
  video: ['video/mp4'],
  document: ['application/pdf'],
};

/** A media of ours that a header names as its sample. */
export interface SampleReference extends MediaReference {
  kind: MediaHeader;
}

/** Whether it can be the id of a media of ours. */
export function isMediaId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/**
 * The media of ours that headers name as their samples (`example.mediaId`), in cards of a carousel as well. Trusts nothing
 * about the shape of the components.
 */
export function templateSamples(components: readonly unknown[]): SampleReference[] {
  return components.flatMap((component, place) => {
    const at = `/components/${place}`;
    const cards = isJsonObject(component) ? listOf(component.cards) : [];
    return [...sampleOf(component, at), ...cards.flatMap((card, index) => samplesOfCard(card, `${at}/cards/${index}`))];
  });
}

function samplesOfCard(card: unknown, at: string): SampleReference[] {
  return listOf(objectOf(card).components).flatMap((part, place) => sampleOf(part, `${at}/components/${place}`));
}

function sampleOf(component: unknown, at: string): SampleReference[] {
  if (!isJsonObject(component) || textOf(component.type)?.toUpperCase() !== 'HEADER') return [];
  const format = textOf(component.format)?.toLowerCase();
  const kind = MEDIA_HEADERS.find((one) => one === format);
  const id = textOf(objectOf(component.example).mediaId);
  return kind === undefined || id === null ? [] : [{ id, kind, pointer: `${at}/example/mediaId`, voice: false }];
}

/** Why a media cannot be the sample of the header that names it; null when it can. */
export function sampleFault(reference: SampleReference, known: readonly MediaFact[]): ReturnType<typeof mediaFault> {
  const fault = mediaFault(reference, known);
  if (fault) return fault;
  const mimeType = known.find(({ id }) => id === reference.id.toLowerCase())?.mimeType ?? '';
  if (SAMPLE_TYPES[reference.kind].includes(mimeEssence(mimeType))) return null;
  const detail = `As the sample of a ${reference.kind} Meta takes ${SAMPLE_TYPES[reference.kind].join(' or ')} only.`;
  return { code: 'media.kind-mismatch', detail };
}

/** The components as Meta takes them: with the handle of an upload in the place of each media. @param handles by id, in lower case */
export function withSampleHandles(components: readonly unknown[], handles: ReadonlyMap<string, string>): unknown[] {
  return mapComponents(components, (component) => {
    const [sample] = sampleOf(component, '');
    const handle = sample && handles.get(sample.id.toLowerCase());
    return handle === undefined ? component : { ...component, example: { ...withoutSample(component.example), header_handle: [handle] } };
  });
}

/** The example without what stands for a file: the handle that Meta takes, the address that it lists, the id of a media of ours. */
export function withoutSample(example: unknown): JsonObject {
  const { header_handle: _handle, mediaId: _id, ...rest } = objectOf(example);
  return rest;
}
