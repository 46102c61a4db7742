import type { JsonObject } from '../json.js';
import type { ChatButton, ChatContent, ChatList } from './chat.dto.js';
import { contentOf, objectAt, objectsAt, textAt } from './content-parts.js';
import { isMediaKind, mediaOf } from './render-media.js';

/** What a phone shows of an interactive message: of the business (buttons, list), or of the customer (what was pressed). */
export function renderInteractive(interactive: JsonObject): ChatContent {
  const type = textAt(interactive, 'type') ?? '';
  if (type.endsWith('_reply')) return renderReply(type, objectAt(interactive, type));
  const action = objectAt(interactive, 'action');
  const header = objectAt(interactive, 'header');
  const headerType = textAt(header, 'type') ?? '';
  return contentOf({
    header: textAt(header, 'text'),
    media: isMediaKind(headerType) ? mediaOf(headerType, objectAt(header, headerType)) : null,
    text: textAt(objectAt(interactive, 'body'), 'text'),
    footer: textAt(objectAt(interactive, 'footer'), 'text'),
    buttons: buttonsOf(type, action),
    list: type === 'list' ? listOf(action) : null,
    cards: objectsAt(action, 'cards').map(renderInteractive),
  });
}

/** What the customer pressed. A flow answers with its own body. */
function renderReply(type: string, reply: JsonObject): ChatContent {
  const text = type === 'nfm_reply' ? textAt(reply, 'body') : textAt(reply, 'title');
  return contentOf({ text, footer: textAt(reply, 'description') });
}

function buttonsOf(type: string, action: JsonObject): ChatButton[] {
  const parameters = objectAt(action, 'parameters');
  switch (type) {
    case 'button':
      return objectsAt(action, 'buttons').map((button) => {
        const reply = objectAt(button, 'reply');
        return { kind: 'reply', title: textAt(reply, 'title') ?? '', id: textAt(reply, 'id'), target: null };
      });
    case 'cta_url':
      return [
        { kind: 'url', title: textAt(parameters, 'display_text') ?? '', id: null, target: textAt(parameters, 'url') },
      ];
    case 'flow':
      return [
        { kind: 'flow', title: textAt(parameters, 'flow_cta') ?? '', id: null, target: textAt(parameters, 'flow_id') },
      ];
    case 'location_request_message':
      return [{ kind: 'location', title: 'Send location', id: null, target: null }];
    default:
      return [];
  }
}

function listOf(action: JsonObject): ChatList {
  return {
    button: textAt(action, 'button') ?? '',
    sections: objectsAt(action, 'sections').map((section) => ({
      title: textAt(section, 'title'),
      rows: objectsAt(section, 'rows').map((row) => ({
        id: textAt(row, 'id') ?? '',
        title: textAt(row, 'title') ?? '',
        description: textAt(row, 'description'),
      })),
    })),
  };
}
