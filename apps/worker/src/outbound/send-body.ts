import type { ClaimedMessage } from '@parley/data';
import { isBusinessScopedId, isJsonObject, listOf, MEDIA_KINDS, type JsonObject } from '@parley/domain';
import type { SendBody } from '@parley/graph';

/** The request to Meta for one attempt: what was accepted, to whom, and the attempt id that every status brings back. */
export function sendBody({ payload, recipient, replyToWamid, attemptId }: Pick<ClaimedMessage, 'payload' | 'recipient' | 'replyToWamid' | 'attemptId'>): SendBody {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...(isBusinessScopedId(recipient) ? { recipient } : { to: recipient }),
    ...(replyToWamid !== null && { context: { message_id: replyToWamid } }),
    ...(payload as { type: string }),
    biz_opaque_callback_data: attemptId,
  };
}

/**
 * The payload with Meta's ids where it names media by ours: the media of the message, of the header of an interactive
 * message, and of the headers of a template and its cards. Ids that the map does not know stay.
 * @param ids our id -> Meta's id for the number that sends
 */
export function withGraphMedia(payload: Record<string, unknown>, ids: ReadonlyMap<string, string>): Record<string, unknown> {
  const { type } = payload;
  if (ids.size === 0 || typeof type !== 'string') return payload;
  const content = payload[type];
  if (!isJsonObject(content)) return payload;
  if (type === 'template') return { ...payload, template: { ...content, components: inComponents(content.components, ids) } };
  if (type === 'interactive') return isJsonObject(content.header) ? { ...payload, interactive: { ...content, header: inMedia(content.header, ids) } } : payload;
  return inMedia(payload as JsonObject, ids);
}

function inComponents(components: unknown, ids: ReadonlyMap<string, string>): JsonObject[] {
  return listOf(components)
    .filter(isJsonObject)
    .map((component) => ({
      ...component,
      ...(Array.isArray(component.parameters) && {
        parameters: component.parameters.filter(isJsonObject).map((parameter) => inMedia(parameter, ids)),
      }),
      ...(Array.isArray(component.cards) && {
        cards: component.cards.filter(isJsonObject).map((card) => ({ ...card, components: inComponents(card.components, ids) })),
      }),
    }));
}

/** `{type: 'image', image: {id}}`: the form in which all of them name a media. Tenants may write a uuid in capitals. */
function inMedia(owner: JsonObject, ids: ReadonlyMap<string, string>): JsonObject {
  const kind = MEDIA_KINDS.find((one) => one === owner.type);
  const media = kind && owner[kind];
  const graphId = isJsonObject(media) && typeof media.id === 'string' ? ids.get(media.id.toLowerCase()) : undefined;
  return kind && graphId !== undefined ? { ...owner, [kind]: { ...(media as JsonObject), id: graphId } } : owner;
}
