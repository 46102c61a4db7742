import type { JsonObject } from '../../json.js';
import { ACTION_CHECKS } from './interactive-actions.js';
import { checkMediaReference } from './media-reference.js';
import { invalid, optionalText, requireObject, requireText } from './rules.js';

const PATH = 'interactive';
const MAX_BODY = 1024;
const MAX_LIST_BODY = 4096;
const MAX_FOOTER = 60;
const MAX_HEADER = 60;
const MEDIA_HEADERS = ['image', 'video', 'document'];

/** Which parts a kind of interactive message has around its action. */
interface Frame {
  readonly header: 'any' | 'text' | 'required-text' | 'none';
  readonly body: 'required' | 'optional';
}

const USUAL: Frame = { header: 'any', body: 'required' };
const PLAIN: Frame = { header: 'none', body: 'required' };

const FRAMES: Readonly<Record<string, Frame>> = {
  button: USUAL,
  list: { header: 'text', body: 'required' },
  cta_url: USUAL,
  flow: USUAL,
  product: { header: 'none', body: 'optional' },
  product_list: { header: 'required-text', body: 'required' },
  catalog_message: PLAIN,
  location_request_message: PLAIN,
  address_message: USUAL,
  carousel: PLAIN,
  order_details: USUAL,
  order_status: PLAIN,
  call_permission_request: { header: 'none', body: 'optional' },
  voice_call: PLAIN,
};

/** Checks an interactive message: header, body, footer, and the action that its kind has. */
export function checkInteractive(interactive: JsonObject): void {
  const type = requireText(interactive, 'type', PATH);
  const frame = Object.hasOwn(FRAMES, type) ? FRAMES[type] : undefined;
  if (!frame) throw invalid(`${PATH}.type`, `'${type}' is no kind of interactive message`);
  const action = requireObject(interactive, 'action', `${PATH}.action`);
  checkHeader(interactive, frame.header);
  checkBody(interactive, frame.body, type === 'list' ? MAX_LIST_BODY : MAX_BODY);
  if (interactive['footer'] !== undefined) {
    requireText(requireObject(interactive, 'footer', `${PATH}.footer`), 'text', `${PATH}.footer`, MAX_FOOTER);
  }
  ACTION_CHECKS[type]?.(action);
}

function checkHeader(interactive: JsonObject, allowed: Frame['header']): void {
  const path = `${PATH}.header`;
  if (interactive['header'] === undefined && allowed !== 'required-text') return;
  const header = requireObject(interactive, 'header', path);
  if (allowed === 'none') throw invalid(path, 'this kind of message has no header');
  const type = requireText(header, 'type', path);
  if (type === 'text') {
    requireText(header, 'text', path, MAX_HEADER);
  } else if (allowed === 'any' && MEDIA_HEADERS.includes(type)) {
    checkMediaReference(requireObject(header, type, `${path}.${type}`), `${path}.${type}`);
  } else {
    throw invalid(`${path}.type`, `'${type}' is no header of this kind of message`);
  }
}

function checkBody(interactive: JsonObject, need: Frame['body'], max: number): void {
  const path = `${PATH}.body`;
  if (need === 'required') return void requireText(requireObject(interactive, 'body', path), 'text', path, max);
  if (interactive['body'] !== undefined) optionalText(requireObject(interactive, 'body', path), 'text', path, max);
}
