import { checkContactsContent, type ContactsContent, graphContacts } from './contacts-content.js';
import { ContentFaults } from './content-faults.js';
import type { FieldError } from './domain-error.js';
import { checkInteractiveContent, graphInteractive, type InteractiveContent, interactiveMedia } from './interactive-content.js';
import type { JsonObject, JsonValue } from './json.js';
import { checkLocationContent, graphLocation, type LocationContent } from './location-content.js';
import { MEDIA_KINDS, type MediaKind } from './media.js';
import {
  type AudioContent,
  checkMediaContent,
  type DocumentContent,
  type ImageContent,
  type MediaReference,
  mediaReference,
  type StickerContent,
  type VideoContent,
} from './media-content.js';
import type { MessageKind } from './message.js';
import { checkReactionContent, graphReaction, type ReactionContent } from './reaction-content.js';
import { templateMedia } from './template-media.js';
import type { TemplateParameters } from './template-parameters.js';
import { checkTextContent, graphText, type TextContent } from './text-content.js';

export interface TemplateContent {
  name: string;
  language: string;
  parameters?: TemplateParameters;
}

/** What each kind carries: Meta's object of that name, its members in camelCase. */
export interface OutboundContents {
  text: TextContent;
  template: TemplateContent;
  image: ImageContent;
  video: VideoContent;
  audio: AudioContent;
  document: DocumentContent;
  sticker: StickerContent;
  location: LocationContent;
  contacts: ContactsContent;
  reaction: ReactionContent;
  interactive: InteractiveContent;
}

/** Kinds that can be sent. */
export const OUTBOUND_KINDS = [
  'text',
  'template',
  ...MEDIA_KINDS,
  'location',
  'contacts',
  'reaction',
  'interactive',
] as const satisfies readonly MessageKind[];

export type OutboundKind = (typeof OUTBOUND_KINDS)[number];

/** Everything but templates: what answers a customer inside the service window. */
export type SessionKind = Exclude<OutboundKind, 'template'>;

/** Kind and content of what is to be sent. A further kind is a further member of `OutboundContents` and a rule below. */
export type OutboundContent = {
  [Kind in OutboundKind]: { kind: Kind; content: OutboundContents[Kind] };
}[OutboundKind];

interface SessionRule<Content> {
  check: (given: unknown, at: string, faults: ContentFaults) => void;
  /** The member of the request to Meta that is named after the kind; without it the content is that member. */
  toGraph?: (content: Content) => JsonValue;
}

const mediaRule = (kind: MediaKind): SessionRule<unknown> => ({
  check: (given, at, faults) => checkMediaContent(kind, given, at, faults),
});

const SESSION_RULES: { readonly [Kind in SessionKind]: SessionRule<OutboundContents[Kind]> } = {
  text: { check: checkTextContent, toGraph: graphText },
  image: mediaRule('image'),
  video: mediaRule('video'),
  audio: mediaRule('audio'),
  document: mediaRule('document'),
  sticker: mediaRule('sticker'),
  location: { check: checkLocationContent, toGraph: graphLocation },
  contacts: { check: checkContactsContent, toGraph: graphContacts },
  reaction: { check: checkReactionContent, toGraph: graphReaction },
  interactive: { check: checkInteractiveContent, toGraph: graphInteractive },
};

/** Content of a kind that is no template. */
export type SessionContent = Exclude<OutboundContent, { kind: 'template' }>;

/**
 * Everything that Meta would refuse in the content, with pointers into the request (`/image/caption`). Empty when it is
 * right. Trusts nothing about the shape of the content. Templates are checked against their definition instead.
 */
export function checkSessionContent({ kind, content }: SessionContent): readonly FieldError[] {
  const faults = new ContentFaults();
  SESSION_RULES[kind].check(content, `/${kind}`, faults);
  return faults.errors;
}

/** `type` and the member of that name, as Meta takes them. The content must have passed `checkSessionContent`. */
export function graphSessionContent({ kind, content }: SessionContent): JsonObject & { type: string } {
  const { toGraph } = SESSION_RULES[kind] as SessionRule<unknown>;
  return { type: kind, [kind]: toGraph ? toGraph(content) : (content as JsonObject) };
}

/** The content as it is stored and shown. Lists become an object, as those that customers send. */
export function storedSessionContent({ kind, content }: SessionContent): JsonObject {
  if (kind === 'text') return { body: content.body, previewUrl: content.previewUrl ?? false };
  if (kind === 'contacts') return { contacts: content as unknown as JsonObject[] };
  return content as unknown as JsonObject;
}

const NO_MEDIA: readonly MediaReference[] = [];

/** The media of ours that a message names, wherever it does. Trusts nothing about the shape of the content. */
export function mediaOf({ kind, content }: OutboundContent): readonly MediaReference[] {
  switch (kind) {
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return listed(mediaReference(kind, content, `/${kind}`));
    case 'interactive':
      return listed(interactiveMedia(content, '/interactive'));
    case 'template':
      return content.parameters === undefined ? NO_MEDIA : templateMedia(content.parameters);
    default:
      return NO_MEDIA;
  }
}

function listed(reference: MediaReference | null): readonly MediaReference[] {
  return reference === null ? NO_MEDIA : [reference];
}
