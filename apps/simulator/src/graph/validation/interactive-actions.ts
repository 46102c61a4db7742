import { isJsonObject, type JsonObject } from '../../json.js';
import { checkMediaReference } from './media-reference.js';
import { invalid, optionalText, requireList, requireObject, requireText } from './rules.js';

const PATH = 'interactive.action';
const MAX_ROWS = 10;
const MAX_PRODUCTS = 30;
const MAX_SECTIONS = 10;
const FLOW_ACTIONS = ['navigate', 'data_exchange'];
const FLOW_MODES = ['draft', 'published'];

/** What each kind of interactive message asks of its action. */
export const ACTION_CHECKS: Readonly<Record<string, (action: JsonObject) => void>> = {
  button: checkButtons,
  list: checkList,
  cta_url: checkLink,
  flow: checkFlow,
  product: (action) => {
    requireText(action, 'catalog_id', PATH);
    requireText(action, 'product_retailer_id', PATH);
  },
  product_list: checkProducts,
  catalog_message: (action) => requireName(action, 'catalog_message'),
  location_request_message: (action) => requireName(action, 'send_location'),
  address_message: (action) => {
    requireName(action, 'address_message');
    requireText(requireObject(action, 'parameters', `${PATH}.parameters`), 'country', `${PATH}.parameters`);
  },
  carousel: checkCards,
  order_details: (action) => requireName(action, 'review_and_pay'),
  order_status: (action) => requireName(action, 'review_order'),
  call_permission_request: (action) => requireName(action, 'call_permission_request'),
  voice_call: (action) => requireName(action, 'voice_call'),
};

function checkButtons(action: JsonObject): void {
  const path = `${PATH}.buttons`;
  const replies = requireList(action, 'buttons', PATH, 1, 3).map((button, index) => {
    if (button['type'] !== undefined && button['type'] !== 'reply')
      throw invalid(`${path}[${index}].type`, "it is 'reply'");
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

function checkList(action: JsonObject): void {
  requireText(action, 'button', PATH, 20);
  const sections = requireList(action, 'sections', PATH, 1, MAX_SECTIONS);
  const ids: string[] = [];
  sections.forEach((section, index) => {
    const path = `${PATH}.sections[${index}]`;
    checkSectionTitle(section, path, sections.length);
    requireList(section, 'rows', path, 1, MAX_ROWS).forEach((row, rowIndex) => {
      ids.push(requireText(row, 'id', `${path}.rows[${rowIndex}]`, 200));
      requireText(row, 'title', `${path}.rows[${rowIndex}]`, 24);
      optionalText(row, 'description', `${path}.rows[${rowIndex}]`, 72);
    });
  });
  if (ids.length > MAX_ROWS) throw invalid(`${PATH}.sections`, `at most ${MAX_ROWS} rows in all`);
  if (new Set(ids).size < ids.length) throw invalid(`${PATH}.sections`, 'each id once only');
}

function checkSectionTitle(section: JsonObject, path: string, sectionCount: number): void {
  if (sectionCount > 1) requireText(section, 'title', path, 24);
  else optionalText(section, 'title', path, 24);
}

function checkLink(action: JsonObject): void {
  requireName(action, 'cta_url');
  const path = `${PATH}.parameters`;
  const parameters = requireObject(action, 'parameters', path);
  requireText(parameters, 'display_text', path, 20);
  const url = requireText(parameters, 'url', path);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw invalid(`${path}.url`, 'it has to be an http or https address');
  }
}

function checkFlow(action: JsonObject): void {
  requireName(action, 'flow');
  const path = `${PATH}.parameters`;
  const parameters = requireObject(action, 'parameters', path);
  if (requireText(parameters, 'flow_message_version', path) !== '3') {
    throw invalid(`${path}.flow_message_version`, "it is '3'");
  }
  requireText(parameters, 'flow_cta', path, 30);
  const named = ['flow_id', 'flow_name'].filter((key) => parameters[key] !== undefined);
  if (named.length !== 1) throw invalid(path, "either 'flow_id' or 'flow_name'");
  const { flow_action: flowAction, flow_action_payload: payload, mode } = parameters;
  if (flowAction !== undefined && !FLOW_ACTIONS.includes(String(flowAction))) {
    throw invalid(`${path}.flow_action`, `one of ${FLOW_ACTIONS.join(', ')}`);
  }
  if (mode !== undefined && !FLOW_MODES.includes(String(mode))) {
    throw invalid(`${path}.mode`, `one of ${FLOW_MODES.join(', ')}`);
  }
  if (payload === undefined) return;
  if (flowAction === 'data_exchange') throw invalid(`${path}.flow_action_payload`, 'it goes with navigate only');
  requireText(requireObject(parameters, 'flow_action_payload', `${path}.flow_action_payload`), 'screen', path);
}

function checkProducts(action: JsonObject): void {
  requireText(action, 'catalog_id', PATH);
  const sections = requireList(action, 'sections', PATH, 1, MAX_SECTIONS);
  let count = 0;
  sections.forEach((section, index) => {
    const path = `${PATH}.sections[${index}]`;
    checkSectionTitle(section, path, sections.length);
    requireList(section, 'product_items', path, 1, MAX_PRODUCTS).forEach((item, itemIndex) => {
      requireText(item, 'product_retailer_id', `${path}.product_items[${itemIndex}]`);
      count += 1;
    });
  });
  if (count > MAX_PRODUCTS) throw invalid(`${PATH}.sections`, `at most ${MAX_PRODUCTS} products in all`);
}

/** Cards are counted by themselves, from 0; each shows a product, or a picture or a film. */
function checkCards(action: JsonObject): void {
  requireList(action, 'cards', PATH, 2, 10).forEach((card, index) => {
    const path = `${PATH}.cards[${index}]`;
    if (card['card_index'] !== index) throw invalid(`${path}.card_index`, `it is ${index}`);
    const { header } = card;
    if (!isJsonObject(header)) return void requireObject(card, 'action', `${path}.action`);
    const type = requireText(header, 'type', `${path}.header`);
    if (type !== 'image' && type !== 'video') throw invalid(`${path}.header.type`, "'image' or 'video'");
    checkMediaReference(requireObject(header, type, `${path}.header.${type}`), `${path}.header.${type}`);
  });
}

function requireName(action: JsonObject, name: string): void {
  if (requireText(action, 'name', PATH) !== name) throw invalid(`${PATH}.name`, `it is '${name}'`);
}
