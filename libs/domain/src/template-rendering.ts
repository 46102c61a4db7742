import { isJsonObject, type JsonObject, textOf } from './json.js';
import { graphLocation, type LocationContent } from './location-content.js';
import { buttonsOf, componentsOf, fillVariables, type TemplateDefinition } from './template.js';
import {
  type ButtonParameters,
  buttonValues,
  headerObject,
  headerTexts,
  requiredParameters,
  type TemplateParameters,
  type TextParameters,
  valuesByName,
} from './template-parameters.js';

/** A template as the customer will read it. */
export interface RenderedTemplate {
  /** Text of the header; null where it has none (media or no header). */
  header: string | null;
  body: string;
  footer: string | null;
  /** Labels of the buttons, in order. */
  buttons: string[];
}

/** Fills the variables in. One without a value stays as it is written, so that a preview shows what is missing. */
export function renderTemplate(template: TemplateDefinition, given: TemplateParameters = {}): RenderedTemplate {
  const text = (type: string): string | null => textOf(componentsOf(template.components, type)[0]?.text);
  const header = text('HEADER');
  return {
    header: header && fillVariables(header, valuesByName(headerTexts(given.header))),
    body: fillVariables(text('BODY') ?? '', valuesByName(given.body)),
    footer: text('FOOTER'),
    buttons: buttonsOf(template.components).map((button) => textOf(button.text) ?? ''),
  };
}

/**
 * `template.components` of a send to the Graph API. The parameters must have passed `checkTemplateParameters`. Parts
 * without variables need no component.
 */
export function toGraphComponents(template: TemplateDefinition, given: TemplateParameters = {}): JsonObject[] {
  const required = requiredParameters(template.components, template.parameterFormat);
  const header = headerParameters(required.header.names, given);
  const body = textParameters(required.body, given.body);
  const buttons = buttonValues(template, given).sort((one, other) => one.index - other.index);
  const cards = required.cards.map((components, place) => ({
    card_index: place,
    components: toGraphComponents({ ...template, components: components as TemplateDefinition['components'] }, given.cards?.[place]),
  }));
  return [
    ...(header.length > 0 ? [{ type: 'header', parameters: header }] : []),
    ...(body.length > 0 ? [{ type: 'body', parameters: body }] : []),
    ...buttons.flatMap((button) => {
      const kind = required.buttons.find(({ index }) => index === button.index)?.kind;
      return kind
        ? [{ type: 'button', sub_type: kind, index: String(button.index), parameters: [buttonParameter(button)] }]
        : [];
    }),
    ...(cards.length > 0 ? [{ type: 'carousel', cards }] : []),
  ];
}

function headerParameters(names: readonly string[], given: TemplateParameters): JsonObject[] {
  const object = headerObject(given.header);
  if (!object) return textParameters(names, headerTexts(given.header));
  const { kind, value } = object;
  if (kind !== 'location') return [{ type: kind, [kind]: value }];
  return [{ type: 'location', location: graphLocation(value as unknown as LocationContent) }];
}

function textParameters(names: readonly string[], given: TextParameters | undefined): JsonObject[] {
  const values = valuesByName(given);
  return names.map((name) => ({
    type: 'text',
    ...(!/^\d+$/.test(name) && { parameter_name: name }),
    text: values.get(name) ?? '',
  }));
}

function buttonParameter(button: ButtonParameters): JsonObject {
  if (button.text !== undefined) return { type: 'text', text: button.text };
  if (button.couponCode !== undefined) return { type: 'coupon_code', coupon_code: button.couponCode };
  if (button.payload !== undefined) return { type: 'payload', payload: button.payload };
  return {
    type: 'action',
    action: {
      ...(button.flowToken !== undefined && { flow_token: button.flowToken }),
      ...(isJsonObject(button.flowActionData) && { flow_action_data: button.flowActionData }),
    },
  };
}
