import { isJsonObject, type JsonObject } from '../json.js';
import type { ChatContactCard, ChatContent } from './chat.dto.js';
import { contentOf, objectAt, objectsAt, textAt } from './content-parts.js';
import { renderInteractive } from './render-interactive.js';
import { isMediaKind, locationOf, mediaOf } from './render-media.js';
import { renderTemplate } from './render-template.js';

/**
 * What a phone shows of a message, whoever wrote it: sends and webhooks write their kinds alike.
 * @param template components of the template that was sent, as they were then
 */
export function renderMessage(
  type: string,
  message: JsonObject,
  template: readonly JsonObject[] | null = null,
): ChatContent {
  const part = objectAt(message, type);
  if (isMediaKind(type)) return contentOf({ text: textAt(part, 'caption'), media: mediaOf(type, part) });
  switch (type) {
    case 'template':
      return renderTemplate(template ?? [], objectsAt(part, 'components'));
    case 'interactive':
      return renderInteractive(part);
    case 'location':
      return contentOf({ location: locationOf(part) });
    case 'contacts':
      return contentOf({ contacts: objectsAt(message, 'contacts').map(cardOf) });
    case 'reaction':
      return contentOf({
        reaction: { wamid: textAt(part, 'message_id') ?? '', emoji: textAt(part, 'emoji') ?? '' },
      });
    case 'button':
      return contentOf({ text: textAt(part, 'text') });
    case 'order':
      return contentOf({ text: textAt(part, 'text') });
    case 'unsupported':
      return contentOf({ text: 'This kind of message does not reach businesses.' });
    default:
      return contentOf({ text: textAt(part, 'body') });
  }
}

function cardOf(contact: JsonObject): ChatContactCard {
  const name = objectAt(contact, 'name');
  const phones = Array.isArray(contact['phones']) ? contact['phones'].filter(isJsonObject) : [];
  return {
    name: textAt(name, 'formatted_name') ?? textAt(name, 'first_name') ?? '',
    phones: phones.flatMap((phone) => textAt(phone, 'phone') ?? []),
  };
}
