import type { ContentFaults } from './content-faults.js';
import { isJsonObject, type JsonObject } from './json.js';

/** Meta: reply buttons of one message, and their texts. */
export const REPLY_BUTTONS_LIMIT = 3;
export const BUTTON_ID_LIMIT = 256;
export const BUTTON_TITLE_LIMIT = 20;
/** Meta: sections of a list, and rows in all of them together. */
export const SECTIONS_LIMIT = 10;
export const ROWS_LIMIT = 10;
export const ROW_ID_LIMIT = 200;
export const ROW_TITLE_LIMIT = 24;
export const ROW_DESCRIPTION_LIMIT = 72;
/** Meta's guide says 20, its OpenAPI description 30; what only one of them refuses is left to Meta. */
export const FLOW_CTA_LIMIT = 30;
export const CTA_URL_LIMIT = 2000;

/** The one version of flow messages that there is. */
const FLOW_MESSAGE_VERSION = '3';

export interface ReplyButton {
  type?: 'reply';
  reply: { id: string; title: string };
}

export interface ListSection {
  /** Needed where there is more than one section. */
  title?: string;
  rows: { id: string; title: string; description?: string }[];
}

export interface FlowParameters {
  /** Either the id or the name. */
  flowId?: string;
  flowName?: string;
  /** What is written on the button. */
  flowCta: string;
  flowToken?: string;
  flowAction?: 'navigate' | 'data_exchange';
  flowActionPayload?: { screen: string; data?: JsonObject };
  mode?: 'draft' | 'published';
  flowMessageVersion?: '3';
}

/** What each type of interactive message lets the customer do. */
export interface InteractiveActions {
  button: { action: { buttons: ReplyButton[] } };
  list: { action: { button: string; sections: ListSection[] } };
  cta_url: { action: { name?: 'cta_url'; parameters: { displayText: string; url: string } } };
  flow: { action: { name?: 'flow'; parameters: FlowParameters } };
  location_request_message: { action?: { name?: 'send_location' } };
}

export const INTERACTIVE_TYPES = ['button', 'list', 'cta_url', 'flow', 'location_request_message'] as const;

export type InteractiveType = (typeof INTERACTIVE_TYPES)[number];

/** A type with the action that goes with it. */
export type InteractiveAction = {
  [Type in InteractiveType]: { type: Type } & InteractiveActions[Type];
}[InteractiveType];

const FLOW_MEMBERS = ['flowId', 'flowName', 'flowCta', 'flowToken', 'flowAction', 'flowActionPayload', 'mode', 'flowMessageVersion'];

type CheckAction = (given: unknown, at: string, faults: ContentFaults) => void;

const CHECKS: Readonly<Record<InteractiveType, CheckAction>> = {
  button: checkButtons,
  list: checkList,
  cta_url: checkCtaUrl,
  flow: checkFlow,
  location_request_message: (given, at, faults) => {
    if (given !== undefined) named(given, 'send_location', [], at, faults);
  },
};

export function checkInteractiveAction(type: InteractiveType, given: unknown, at: string, faults: ContentFaults): void {
  CHECKS[type](given, at, faults);
}

function checkButtons(given: unknown, at: string, faults: ContentFaults): void {
  const action = faults.object(given, at, ['buttons']);
  const buttons = action && faults.list(action.buttons, `${at}/buttons`, { min: 1, max: REPLY_BUTTONS_LIMIT });
  if (!buttons) return;
  const replies = buttons.map((given, place) => {
    const here = `${at}/buttons/${place}`;
    const button = faults.object(given, here, ['type', 'reply']);
    if (!button) return null;
    faults.choice(button, 'type', here, ['reply']);
    const reply = faults.object(button.reply, `${here}/reply`, ['id', 'title']);
    if (!reply) return null;
    const id = idText(reply, BUTTON_ID_LIMIT, `${here}/reply`, faults);
    return { id, title: faults.text(reply, 'title', `${here}/reply`, { max: BUTTON_TITLE_LIMIT }) };
  });
  for (const key of ['id', 'title'] as const) {
    const values = replies.map((reply) => reply?.[key] ?? null);
    faults.once(values, (place) => `${at}/buttons/${place}/reply/${key}`, `Each button needs a ${key} of its own.`);
  }
}

function checkList(given: unknown, at: string, faults: ContentFaults): void {
  const action = faults.object(given, at, ['button', 'sections']);
  if (!action) return;
  faults.text(action, 'button', at, { max: BUTTON_TITLE_LIMIT });
  const sections = faults.list(action.sections, `${at}/sections`, { min: 1, max: SECTIONS_LIMIT });
  if (!sections) return;
  const rows = sections.flatMap((section, place) => {
    const here = `${at}/sections/${place}`;
    return checkSection(section, sections.length > 1, here, faults);
  });
  if (rows.length > ROWS_LIMIT) {
    const detail = `WhatsApp takes at most ${ROWS_LIMIT} rows in all sections together, ${rows.length} were given.`;
    faults.add(`${at}/sections`, 'content.count-invalid', detail);
  }
  faults.once(
    rows.map(({ id }) => id),
    (place) => `${rows[place]?.pointer}/id`,
    'Each row needs an id of its own, in all sections.',
  );
}

function checkSection(given: unknown, needsTitle: boolean, at: string, faults: ContentFaults): { id: string | null; pointer: string }[] {
  const section = faults.object(given, at, ['title', 'rows']);
  if (!section) return [];
  faults.text(section, 'title', at, { max: ROW_TITLE_LIMIT, optional: !needsTitle });
  const rows = faults.list(section.rows, `${at}/rows`, { min: 1, max: ROWS_LIMIT }) ?? [];
  return rows.map((given, place) => {
    const pointer = `${at}/rows/${place}`;
    const row = faults.object(given, pointer, ['id', 'title', 'description']);
    if (!row) return { id: null, pointer };
    faults.text(row, 'title', pointer, { max: ROW_TITLE_LIMIT });
    faults.text(row, 'description', pointer, { max: ROW_DESCRIPTION_LIMIT, optional: true });
    return { id: idText(row, ROW_ID_LIMIT, pointer, faults), pointer };
  });
}

function checkCtaUrl(given: unknown, at: string, faults: ContentFaults): void {
  const parameters = named(given, 'cta_url', ['displayText', 'url'], at, faults);
  if (!parameters) return;
  const here = `${at}/parameters`;
  faults.text(parameters, 'displayText', here, { max: BUTTON_TITLE_LIMIT });
  const url = faults.text(parameters, 'url', here, { max: CTA_URL_LIMIT });
  if (url !== null && !(/^https?:\/\//i.test(url) && URL.canParse(url))) {
    faults.invalid(`${here}/url`, 'This must be a whole address that starts with https:// or http://.');
  }
}

function checkFlow(given: unknown, at: string, faults: ContentFaults): void {
  const flow = named(given, 'flow', FLOW_MEMBERS, at, faults);
  if (!flow) return;
  const here = `${at}/parameters`;
  for (const key of ['flowId', 'flowName', 'flowToken']) faults.text(flow, key, here, { optional: true });
  if (flow.flowId === undefined && flow.flowName === undefined) faults.missing(here, 'Name the flow by flowId or by flowName.');
  if (flow.flowId !== undefined && flow.flowName !== undefined) faults.invalid(here, 'Give either flowId or flowName, not both.');
  faults.text(flow, 'flowCta', here, { max: FLOW_CTA_LIMIT });
  faults.choice(flow, 'mode', here, ['draft', 'published']);
  faults.choice(flow, 'flowMessageVersion', here, [FLOW_MESSAGE_VERSION]);
  const flowAction = faults.choice(flow, 'flowAction', here, ['navigate', 'data_exchange']);
  if (flow.flowActionPayload === undefined) return;
  if (flowAction === 'data_exchange') {
    faults.invalid(`${here}/flowActionPayload`, 'A payload goes with the action navigate only.');
    return;
  }
  const payload = faults.object(flow.flowActionPayload, `${here}/flowActionPayload`, ['screen', 'data']);
  if (!payload) return;
  faults.text(payload, 'screen', `${here}/flowActionPayload`);
  const { data } = payload;
  if (data !== undefined && !(isJsonObject(data) && Object.keys(data).length > 0)) {
    faults.invalid(`${here}/flowActionPayload/data`, 'This must be an object that is not empty.');
  }
}

/** The parameters of an action that has a name, which is implied by the type and may be left out. */
function named(given: unknown, name: string, parameters: readonly string[], at: string, faults: ContentFaults): JsonObject | null {
  const action = faults.object(given, at, parameters.length > 0 ? ['name', 'parameters'] : ['name']);
  if (!action) return null;
  faults.choice(action, 'name', at, [name]);
  return parameters.length > 0 ? faults.object(action.parameters, `${at}/parameters`, parameters) : null;
}

/** Meta refuses ids that begin or end with a blank. */
function idText(owner: JsonObject, max: number, at: string, faults: ContentFaults): string | null {
  const id = faults.text(owner, 'id', at, { max });
  return id === null || id === id.trim() ? id : faults.invalid(`${at}/id`, 'An id has no blanks at its ends.');
}

/** The action as Meta takes it. */
export function graphAction(content: InteractiveAction): JsonObject {
  switch (content.type) {
    case 'button':
      return { buttons: content.action.buttons.map(({ reply }) => ({ type: 'reply', reply })) };
    case 'list':
      return content.action as unknown as JsonObject;
    case 'cta_url': {
      const { displayText, url } = content.action.parameters;
      return { name: 'cta_url', parameters: { display_text: displayText, url } };
    }
    case 'flow':
      return { name: 'flow', parameters: graphFlow(content.action.parameters) };
    case 'location_request_message':
      return { name: 'send_location' };
  }
}

function graphFlow(flow: FlowParameters): JsonObject {
  const { flowId, flowName, flowCta, flowToken, flowAction, flowActionPayload, mode } = flow;
  return {
    flow_message_version: FLOW_MESSAGE_VERSION,
    ...(flowId !== undefined && { flow_id: flowId }),
    ...(flowName !== undefined && { flow_name: flowName }),
    flow_cta: flowCta,
    ...(flowToken !== undefined && { flow_token: flowToken }),
    ...(flowAction !== undefined && { flow_action: flowAction }),
    ...(flowActionPayload !== undefined && { flow_action_payload: flowActionPayload }),
    ...(mode !== undefined && { mode }),
  };
}
