import type { ContentFaults } from './content-faults.js';
import {
  checkInteractiveAction,
  graphAction,
  INTERACTIVE_TYPES,
  type InteractiveAction,
  type InteractiveType,
} from './interactive-action.js';
import { isJsonObject, type JsonObject } from './json.js';
import { checkMediaContent, type MediaReference, mediaReference, type MediaSource } from './media-content.js';
import { TEXT_BODY_LIMIT } from './text-content.js';

/** Meta: characters of the body; a list takes as many as a text message. */
export const INTERACTIVE_BODY_LIMIT = 1024;
export const INTERACTIVE_HEADER_LIMIT = 60;
export const INTERACTIVE_FOOTER_LIMIT = 60;

export type InteractiveHeader =
  | { type: 'text'; text: string }
  | { type: 'image'; image: MediaSource }
  | { type: 'video'; video: MediaSource }
  | { type: 'document'; document: MediaSource & { filename?: string } };

/** A question with something to tap. */
export type InteractiveContent = InteractiveAction & {
  header?: InteractiveHeader;
  body: { text: string };
  footer?: { text: string };
};

const MEDIA_HEADERS = ['image', 'video', 'document'] as const;
const HEADER_TYPES = ['text', ...MEDIA_HEADERS] as const;

type HeaderType = (typeof HEADER_TYPES)[number];

/** What beside its action each type takes. */
const SHAPES: Readonly<Record<InteractiveType, { headers: readonly HeaderType[]; bodyLimit: number; footer: boolean }>> = {
  button: { headers: HEADER_TYPES, bodyLimit: INTERACTIVE_BODY_LIMIT, footer: true },
  list: { headers: ['text'], bodyLimit: TEXT_BODY_LIMIT, footer: true },
  cta_url: { headers: HEADER_TYPES, bodyLimit: INTERACTIVE_BODY_LIMIT, footer: true },
  flow: { headers: HEADER_TYPES, bodyLimit: INTERACTIVE_BODY_LIMIT, footer: true },
  location_request_message: { headers: [], bodyLimit: INTERACTIVE_BODY_LIMIT, footer: false },
};

const MEMBERS = ['type', 'header', 'body', 'footer', 'action'];
const TEXT_MEMBERS = ['text'];

export function checkInteractiveContent(given: unknown, at: string, faults: ContentFaults): void {
  const interactive = faults.object(given, at, MEMBERS);
  if (!interactive) return;
  if (interactive.type === undefined) faults.missing(`${at}/type`, `One of ${INTERACTIVE_TYPES.join(', ')} is needed here.`);
  const type = faults.choice(interactive, 'type', at, INTERACTIVE_TYPES);
  if (type === null) return;
  const { headers, bodyLimit, footer } = SHAPES[type];
  checkHeader(interactive.header, headers, `${at}/header`, faults);
  checkTextPart(interactive.body, bodyLimit, `${at}/body`, faults);
  if (interactive.footer !== undefined) {
    if (footer) checkTextPart(interactive.footer, INTERACTIVE_FOOTER_LIMIT, `${at}/footer`, faults);
    else faults.invalid(`${at}/footer`, `A ${type} takes no footer.`);
  }
  checkInteractiveAction(type, interactive.action, `${at}/action`, faults);
}

function checkHeader(given: unknown, types: readonly HeaderType[], at: string, faults: ContentFaults): void {
  if (given === undefined) return;
  if (types.length === 0) return void faults.invalid(at, 'This type takes no header.');
  const header = faults.object(given, at, ['type', ...types]);
  if (!header) return;
  if (header.type === undefined) faults.missing(`${at}/type`, `One of ${types.join(', ')} is needed here.`);
  const type = faults.choice(header, 'type', at, types);
  if (type === null) return;
  if (type === 'text') faults.text(header, 'text', at, { max: INTERACTIVE_HEADER_LIMIT });
  else checkHeaderMedia(type, header[type], `${at}/${type}`, faults);
  for (const other of types) {
    if (other !== type && header[other] !== undefined) faults.invalid(`${at}/${other}`, `The header is of type ${type}.`);
  }
}

function checkHeaderMedia(kind: (typeof MEDIA_HEADERS)[number], given: unknown, at: string, faults: ContentFaults): void {
  checkMediaContent(kind, given, at, faults);
  if (isJsonObject(given) && given.caption !== undefined) {
    faults.invalid(`${at}/caption`, 'A header has no caption; the body says what there is to say.');
  }
}

function checkTextPart(given: unknown, max: number, at: string, faults: ContentFaults): void {
  const part = faults.object(given, at, TEXT_MEMBERS);
  if (part) faults.text(part, 'text', at, { max });
}

/** The interactive object as Meta takes it. */
export function graphInteractive(content: InteractiveContent): JsonObject {
  const { type, header, body, footer } = content;
  return {
    type,
    // These have Meta's own shape.
    ...(header && { header: header as unknown as JsonObject }),
    body,
    ...(footer && { footer }),
    action: graphAction(content),
  };
}

/** The media of the header, where it is one of ours; trusts nothing about the content's shape. */
export function interactiveMedia(given: unknown, at: string): MediaReference | null {
  const header = isJsonObject(given) && isJsonObject(given.header) ? given.header : null;
  const kind = header && MEDIA_HEADERS.find((one) => one === header.type);
  return kind ? mediaReference(kind, header[kind], `${at}/header/${kind}`) : null;
}
