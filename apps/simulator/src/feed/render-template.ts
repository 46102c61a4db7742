import type { JsonObject } from '../json.js';
import { hydrate } from '../state/template-shape.js';
import type { ChatButton, ChatContent, ChatLocation, ChatMedia } from './chat.dto.js';
import { contentOf, objectAt, objectsAt, textAt } from './content-parts.js';
import { isMediaKind, locationOf, mediaOf } from './render-media.js';

const AUTHENTICATION_BODY = '{{1}} is your verification code.';
const SECURITY_ADVICE = ' For your security, do not share this code.';

/** What a phone shows of a template message: the template's components with what the send filled in. */
export function renderTemplate(template: readonly JsonObject[], sent: readonly JsonObject[]): ChatContent {
  const header = component(template, 'HEADER');
  const headerParameters = parametersOf(sent, 'header');
  const body = component(template, 'BODY');
  const footer = component(template, 'FOOTER');
  const sentCards = objectsAt(component(sent, 'CAROUSEL'), 'cards');
  return contentOf({
    header: fill(textAt(header, 'text'), headerParameters),
    media: mediaIn(headerParameters),
    location: locationIn(headerParameters),
    text: fill(bodyText(body), parametersOf(sent, 'body')),
    footer: footerText(footer),
    buttons: objectsAt(component(template, 'BUTTONS'), 'buttons').map((button, index) => buttonOf(button, index, sent)),
    cards: objectsAt(component(template, 'CAROUSEL'), 'cards').map((card, index) =>
      renderTemplate(objectsAt(card, 'components'), objectsAt(sentCards[index] ?? {}, 'components')),
    ),
  });
}

/** Meta words authentication templates itself. */
function bodyText(body: JsonObject): string | null {
  const text = textAt(body, 'text');
  if (text !== null || body['type'] === undefined) return text;
  return body['add_security_recommendation'] === true ? AUTHENTICATION_BODY + SECURITY_ADVICE : AUTHENTICATION_BODY;
}

function footerText(footer: JsonObject): string | null {
  const minutes = footer['code_expiration_minutes'];
  return typeof minutes === 'number' ? `This code expires in ${minutes} minutes.` : textAt(footer, 'text');
}

function buttonOf(button: JsonObject, index: number, sent: readonly JsonObject[]): ChatButton {
  const title = textAt(button, 'text') ?? '';
  const [parameter = {}] = objectsAt(
    sent.find((part) => is(part, 'BUTTON') && Number(part['index']) === index) ?? {},
    'parameters',
  );
  switch (textAt(button, 'type')?.toUpperCase()) {
    case 'QUICK_REPLY':
      // Meta: without a payload, the text of the button stands in for it.
      return { kind: 'quick_reply', title, id: textAt(parameter, 'payload') ?? title, target: null };
    case 'URL':
      return { kind: 'url', title, id: null, target: fill(textAt(button, 'url'), [parameter]) };
    case 'PHONE_NUMBER':
      return { kind: 'phone_number', title, id: null, target: textAt(button, 'phone_number') };
    case 'COPY_CODE':
      return { kind: 'copy_code', title: title || 'Copy code', id: null, target: textAt(parameter, 'coupon_code') };
    case 'OTP':
      return { kind: 'copy_code', title: title || 'Copy code', id: null, target: textAt(parameter, 'text') };
    case 'FLOW':
      return { kind: 'flow', title, id: null, target: textAt(button, 'flow_id') };
    default:
      return { kind: 'other', title, id: null, target: null };
  }
}

/** Fills in by place (`{{1}}`) or by name; what was not given stays as it is written. */
function fill(text: string | null, parameters: readonly JsonObject[]): string | null {
  if (text === null) return null;
  return hydrate(text, (variable) => {
    const named = parameters.find((parameter) => parameter['parameter_name'] === variable);
    const parameter = named ?? (/^\d+$/.test(variable) ? parameters[Number(variable) - 1] : undefined);
    return (parameter && valueOf(parameter)) ?? `{{${variable}}}`;
  });
}

/** A text, or Meta's fallback of a localised value. */
function valueOf(parameter: JsonObject): string | null {
  const type = textAt(parameter, 'type') ?? 'text';
  return textAt(parameter, type) ?? textAt(objectAt(parameter, type), 'fallback_value');
}

function mediaIn(parameters: readonly JsonObject[]): ChatMedia | null {
  for (const parameter of parameters) {
    const type = textAt(parameter, 'type') ?? '';
    if (isMediaKind(type)) return mediaOf(type, objectAt(parameter, type));
  }
  return null;
}

function locationIn(parameters: readonly JsonObject[]): ChatLocation | null {
  const parameter = parameters.find((candidate) => candidate['type'] === 'location');
  return parameter ? locationOf(objectAt(parameter, 'location')) : null;
}

function parametersOf(sent: readonly JsonObject[], type: string): JsonObject[] {
  return objectsAt(component(sent, type), 'parameters');
}

function component(components: readonly JsonObject[], type: string): JsonObject {
  return components.find((candidate) => is(candidate, type)) ?? {};
}

function is(component: JsonObject, type: string): boolean {
  return textAt(component, 'type')?.toUpperCase() === type.toUpperCase();
}
