import type { ContentFaults } from './content-faults.js';
import type { JsonObject } from './json.js';

/** Meta: characters of a text message. */
export const TEXT_BODY_LIMIT = 4096;

export interface TextContent {
  body: string;
  /** Show a preview of the first link; false where it is missing. */
  previewUrl?: boolean;
}

const MEMBERS = ['body', 'previewUrl'];

export function checkTextContent(given: unknown, at: string, faults: ContentFaults): void {
  const text = faults.object(given, at, MEMBERS);
  if (!text) return;
  faults.text(text, 'body', at, { max: TEXT_BODY_LIMIT });
  faults.flag(text, 'previewUrl', at);
}

export function graphText({ body, previewUrl = false }: TextContent): JsonObject {
  return { body, preview_url: previewUrl };
}
