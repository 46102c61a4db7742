import type { ContentFaults } from './content-faults.js';
import { isJsonObject, type JsonObject, textOf } from './json.js';
import { fitsMediaKind, type MediaKind } from './media.js';
import { publicUrlFault } from './public-url.js';

/** Meta: characters of a caption. */
export const CAPTION_LIMIT = 1024;

/** A media: our own id of it, or an https link that Meta fetches. Exactly one of them. */
export interface MediaSource {
  id?: string;
  link?: string;
}

export interface ImageContent extends MediaSource {
  caption?: string;
}

export type VideoContent = ImageContent;

export interface AudioContent extends MediaSource {
  /** Shown as a voice message, which tells when it was played. Ogg with Opus only. */
  voice?: boolean;
}

export interface DocumentContent extends ImageContent {
  /** The name that the customer sees. */
  filename?: string;
}

export type StickerContent = MediaSource;

/** The place in a request that names one of our media. */
export interface MediaReference {
  /** As given; it may be no id at all. */
  id: string;
  kind: MediaKind;
  pointer: string;
  /** The sender wants a voice message of it. */
  voice: boolean;
}

const MEMBERS: Readonly<Record<MediaKind, readonly string[]>> = {
  image: ['id', 'link', 'caption'],
  video: ['id', 'link', 'caption'],
  audio: ['id', 'link', 'voice'],
  document: ['id', 'link', 'caption', 'filename'],
  sticker: ['id', 'link'],
};

/** Notes what is wrong with the content of a media message. Whether the media is there is not asked here. */
export function checkMediaContent(kind: MediaKind, given: unknown, at: string, faults: ContentFaults): void {
  const media = faults.object(given, at, MEMBERS[kind]);
  if (!media) return;
  checkMediaSource(media, kind, at, faults);
  if (kind === 'audio') faults.flag(media, 'voice', at);
  if (kind === 'image' || kind === 'video' || kind === 'document') {
    faults.text(media, 'caption', at, { max: CAPTION_LIMIT, optional: true });
  }
  if (kind === 'document') faults.text(media, 'filename', at, { optional: true });
}

function checkMediaSource(media: JsonObject, kind: MediaKind, at: string, faults: ContentFaults): void {
  const { id, link } = media;
  if (id !== undefined && link !== undefined) faults.invalid(at, `Give the ${kind} by id or by link, not by both.`);
  else if (link !== undefined) checkLink(link, `${at}/link`, faults);
  else if (id === undefined) faults.missing(at, `The ${kind} needs either the id of a media or a link.`);
  else faults.text(media, 'id', at);
}

function checkLink(link: unknown, at: string, faults: ContentFaults): void {
  const fault = linkFault(link);
  if (fault !== null) faults.invalid(at, fault);
}

/** Why Meta could not fetch a media from there, as a sentence; null where it can. A private address is refused at once. */
export function linkFault(link: unknown): string | null {
  return typeof link === 'string' ? publicUrlFault(link) : 'A link is a whole address that starts with https://.';
}

/** The reference to a media of ours, where the content holds one; trusts nothing about its shape. */
export function mediaReference(kind: MediaKind, given: unknown, at: string): MediaReference | null {
  if (!isJsonObject(given) || given.link !== undefined) return null;
  const id = textOf(given.id);
  return id === null ? null : { id, kind, pointer: `${at}/id`, voice: given.voice === true };
}

/** A media of the tenant's, as far as sending it goes. */
export interface MediaFact {
  id: string;
  kind: string;
  state: string;
  mimeType: string | null;
}

/** Why a media cannot be sent where it is named; null when it can. */
export function mediaFault(
  { id, kind, voice }: MediaReference,
  known: readonly MediaFact[],
): { code: 'media.not-found' | 'media.kind-mismatch'; detail: string } | null {
  const media = known.find((one) => one.id === id.toLowerCase());
  if (!media) return { code: 'media.not-found', detail: 'There is no media with this id.' };
  if (media.state !== 'STORED') {
    return { code: 'media.not-found', detail: `The media is ${media.state}: its content is not here.` };
  }
  const detail = mismatch(media, kind, voice);
  return detail === null ? null : { code: 'media.kind-mismatch', detail };
}

function mismatch({ kind, mimeType }: MediaFact, wanted: MediaKind, voice: boolean): string | null {
  if (kind !== wanted) return `The media is of kind ${kind}; one of kind ${wanted} is needed here.`;
  if (!fitsMediaKind(wanted, mimeType ?? '')) return `WhatsApp does not take this type of content as ${wanted}.`;
  return voice && !mimeType?.startsWith('audio/ogg') ? 'A voice message is audio/ogg with the codec Opus.' : null;
}
