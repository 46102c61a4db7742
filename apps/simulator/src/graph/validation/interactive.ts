import { isJsonObject, type JsonObject } from '../../json.js';
import { invalid, optionalText, requireList, requireObject, requireText } from './rules.js';

const PATH = 'interactive';
const MEDIA_HEADERS = ['image', 'video', 'document'];

/** Checks the interactive kinds that have published limits; the regional ones only need their action. */
export function checkInteractive(interactive: JsonObject): void {
  const type = requireText(interactive, 'type', PATH);
  const action = requireObject(interactive, 'action', `${PATH}.action`);
  checkHeader(interactive);
  checkFooter(interactive);
  switch (type) {
    case 'button':
      checkBody(interactive, 1024);
      return checkButtons(action);
    case 'list':
      checkBody(interactive, 4096);
      return checkSections(action);
    case 'cta_url': {
      checkBody(interactive, 1024);
      const parameters = requireObject(action, 'parameters', `${PATH}.action.parameters`);
      requireText(parameters, 'display_text', `${PATH}.action.parameters`, 20);
      requireText(parameters, 'url', `${PATH}.action.parameters`);
      return;
    }
    case 'flow':
    case 'location_request_message':
      return checkBody(interactive, 1024);
    default:
      return;
  }
}

function checkBody(interactive: JsonObject, max: number): void {
  requireText(requireObject(interactive, 'body', `${PATH}.body`), 'text', `${PATH}.body`, max);
}

function checkFooter(interactive: JsonObject): void {
  const footer = interactive['footer'];
  if (isJsonObject(footer)) requireText(footer, 'text', `${PATH}.footer`, 60);
}

function checkHeader(interactive: JsonObject): void {
  const header = interactive['header'];
  if (!isJsonObject(header)) return;
  const type = requireText(header, 'type', `${PATH}.header`);
  if (type === 'text') requireText(header, 'text', `${PATH}.header`, 60);
  else if (MEDIA_HEADERS.includes(type)) requireObject(header, type, `${PATH}.header.${type}`);
  else throw invalid(`${PATH}.header.type`, `'${type}' is not a header type`);
}

function checkButtons(action: JsonObject): void {
  const path = `${PATH}.action.buttons`;
  const replies = requireList(action, 'buttons', `${PATH}.action`, 1, 3).map((button, index) => {
    const reply = requireObject(button, 'reply', `${path}[${index}].reply`);
    return {
      id: requireText(reply, 'id', `${path}[${index}].reply`, 256),
      title: requireText(reply, 'title', `${path}[${index}].reply`, 20),
    };
  });
  for (const key of ['id', 'title'] as const) {
    if (new Set(replies.map((reply) => reply[key])).size < replies.length) throw invalid(path, `each ${key} once only`);
  }
}

function checkSections(action: JsonObject): void {
  requireText(action, 'button', `${PATH}.action`, 20);
  const sections = requireList(action, 'sections', `${PATH}.action`, 1, 10);
  let rowCount = 0;
  sections.forEach((section, index) => {
    const path = `${PATH}.action.sections[${index}]`;
    if (sections.length > 1) requireText(section, 'title', path, 24);
    else optionalText(section, 'title', path, 24);
    requireList(section, 'rows', path, 1, 10).forEach((row, rowIndex) => {
      requireText(row, 'id', `${path}.rows[${rowIndex}]`, 200);
      requireText(row, 'title', `${path}.rows[${rowIndex}]`, 24);
      optionalText(row, 'description', `${path}.rows[${rowIndex}]`, 72);
      rowCount += 1;
    });
  });
  if (rowCount > 10) throw invalid(`${PATH}.action.sections`, 'at most 10 rows in all');
}
