import type { GraphCallName } from './operations.js';

/** Where what goes over the wire differs from the description, and why that is right. */
export interface KnownDeviation {
  readonly calls: readonly GraphCallName[];
  readonly deviation: string;
  readonly why: string;
}

const NUMBERS: readonly GraphCallName[] = ['getPhoneNumber', 'listPhoneNumbers'];

const TEMPLATES: readonly GraphCallName[] = ['listTemplates', 'getTemplate'];

const OF_GRAPH = 'It belongs to Graph, not to the business messaging API.';
const NO_BODY = 'The description wants the type of a body where there is none.';
const NUMBER_FIELD = 'A documented field of the phone number node that the description leaves out.';
const TEMPLATE_BUTTON =
  "Meta's guide to templates has it (and, for flows, an example of the description's own); the schema leaves it out.";

const TEMPLATE_FIELDS = [
  ...['parameter_format', 'rejected_reason', 'quality_score'],
  ...['previous_category', 'correct_category', 'message_send_ttl_seconds'],
];
const PROFILE_FIELDS = ['about', 'address', 'description', 'email', 'profile_picture_url', 'vertical', 'websites'];

/** What a validator says of an action that is none of those that the description chooses from. */
const NO_SUCH_ACTION = [
  ...['button', 'buttons', 'catalog_id', 'parameters', 'sections'].map(
    (member) => `body /interactive/action lacks ${member}`,
  ),
  ...['flow_cta', 'flow_id', 'flow_message_version', 'flow_name', 'thumbnail_product_retailer_id'].map(
    (member) => `body /interactive/action/parameters lacks ${member}`,
  ),
  'body /interactive/action must match exactly one schema in oneOf',
  'body /interactive/action/parameters must match exactly one schema in oneOf',
  'body /interactive/action/name is "cta_url", which is no described value',
  'body /interactive/action/name is "send_location", which is no described value',
  'body /interactive/type is "cta_url", which is no described value',
  'body /interactive/type is "location_request_message", which is no described value',
];

const INTERACTIVE_DEVIATIONS: readonly KnownDeviation[] = NO_SUCH_ACTION.map((deviation) => ({
  calls: ['sendMessage'],
  deviation,
  why: "Meta's guides to interactive messages have links and requests for a location; the description leaves both out.",
}));

/**
 * All of them. The description is of v23.0 and written by hand in places; where it is narrower than Meta's documentation,
 * the documentation is followed. A line that no longer holds fails the contract as one that is missing does.
 */
export const KNOWN_DEVIATIONS: readonly KnownDeviation[] = [
  {
    calls: ['sendMessage'],
    deviation: 'body has biz_opaque_callback_data, which is not described',
    why: 'Documented; it comes back in every status, which is how an attempt is told whose answer was lost.',
  },
  {
    calls: ['sendMessage'],
    deviation: 'body /template/language lacks policy',
    why: "There is one policy, which is the default: Meta's guide and all but one of the description's own examples leave it out.",
  },
  {
    calls: ['sendMessage'],
    deviation: 'body /template/components/*/index is "0", which has not the described form',
    why: "Buttons count from 0, in Meta's guide and in the description's own examples; the pattern is a mishap ([2-6, 11-14] as characters).",
  },
  {
    calls: ['sendMessage'],
    deviation: 'body /template/components/*/sub_type is "copy_code", which is no described value',
    why: TEMPLATE_BUTTON,
  },
  {
    calls: ['sendMessage'],
    deviation: 'body /template/components/*/sub_type is "flow", which is no described value',
    why: TEMPLATE_BUTTON,
  },
  {
    calls: ['sendMessage'],
    deviation: 'body /template/components/*/parameters/*/type is "coupon_code", which is no described value',
    why: TEMPLATE_BUTTON,
  },
  {
    calls: ['sendMessage'],
    deviation: 'body /template/components/*/parameters/*/type is "action", which is no described value',
    why: TEMPLATE_BUTTON,
  },
  {
    calls: ['sendMessage'],
    deviation: 'body /template/components/*/parameters/*/type is "location", which is no described value',
    why: 'A header can be a location; the description has text and media only.',
  },
  {
    calls: ['sendMessage'],
    deviation: 'body /template/components/*/type is "carousel", which is no described value',
    why: "Meta's guide to carousel templates has it, with cards of components; the description has no carousels.",
  },
  ...['body has recipient, which is not described', 'body lacks to'].map((deviation) => ({
    calls: ['sendMessage'] as const,
    deviation,
    why: 'Came in 2026: a customer who shows no phone number is named by a business-scoped user id.',
  })),
  ...INTERACTIVE_DEVIATIONS,
  {
    calls: ['getPhoneNumber'],
    deviation: 'answer 503 is not described',
    why: "Codes 2 and 133004 come with it, by Meta's own list of codes; the description ends at 500.",
  },
  {
    calls: ['getPhoneNumber'],
    deviation: 'query /fields names account_mode, which no answer describes',
    why: NUMBER_FIELD,
  },
  { calls: ['getPhoneNumber'], deviation: 'query /fields names status, which no answer describes', why: NUMBER_FIELD },
  {
    calls: ['listPhoneNumbers'],
    deviation: 'query /fields names name_status, which no answer describes',
    why: NUMBER_FIELD,
  },
  { calls: NUMBERS, deviation: 'query /fields names is_on_biz_app, which no answer describes', why: NUMBER_FIELD },
  { calls: NUMBERS, deviation: 'query /fields names platform_type, which no answer describes', why: NUMBER_FIELD },
  { calls: NUMBERS, deviation: 'query /fields names throughput, which no answer describes', why: NUMBER_FIELD },
  {
    calls: NUMBERS,
    deviation: 'query /fields names whatsapp_business_manager_messaging_limit, which no answer describes',
    why: 'Came with v24.0; the description is of v23.0.',
  },
  {
    calls: ['listPhoneNumbers'],
    deviation: 'answer 200 /data/*/status is "CONNECTED", which is no described value',
    why: 'The one status that sends. The description lists the states of a number three times, each time otherwise.',
  },
  {
    calls: ['getAccount'],
    deviation: 'query /fields names owner_business_info, which no answer describes',
    why: 'A documented field of the account node that the description leaves out.',
  },
  ...['limit', 'after'].map((name) => ({
    calls: ['listTemplates'] as const,
    deviation: `query has ${name}, which is not described`,
    why: 'Every list of Graph takes it; the description knows of looking up one template by name.',
  })),
  { calls: TEMPLATES, deviation: 'query has fields, which is not described', why: 'Every node of Graph takes it.' },
  ...TEMPLATE_FIELDS.map((field) => ({
    calls: TEMPLATES,
    deviation: `query /fields names ${field}, which no answer describes`,
    why: 'A documented field of the template node; the description has the default ones only.',
  })),
  {
    calls: ['markRead'],
    deviation: 'body lacks type',
    why: "A read mark is no message and has none, in Meta's guide and in the description's own example.",
  },
  ...['is_pin_enabled', 'last_onboarded_time', 'webhook_configuration'].map((field) => ({
    calls: NUMBERS,
    deviation: `query /fields names ${field}, which no answer describes`,
    why: NUMBER_FIELD,
  })),
  {
    calls: ['getPhoneNumber'],
    deviation: 'query /fields names is_official_business_account, which no answer describes',
    why: NUMBER_FIELD,
  },
  {
    calls: ['getHealthStatus'],
    deviation: 'query /fields names health_status, which no answer describes',
    why: "Meta's guide to health asks numbers, accounts and templates for it.",
  },
  {
    calls: ['overrideNumberCallback'],
    deviation: 'body /webhook_configuration/override_callback_uri must match format "uri"',
    why: "An empty address takes the override back, by Meta's guide to overrides.",
  },
  {
    calls: ['deleteMedia', 'getBusinessProfile', 'listBlockedUsers'],
    deviation: 'header lacks content-type',
    why: NO_BODY,
  },
  ...PROFILE_FIELDS.map((field) => ({
    calls: ['getBusinessProfile'] as const,
    deviation: `query /fields names ${field}, which no answer describes`,
    why: "The description wraps the profile into business_profile; in Meta's guide its fields stand in the list themselves.",
  })),
  {
    calls: ['listBlockedUsers'],
    deviation: 'query has limit, which is not described',
    why: 'Every list of Graph takes it.',
  },
  { calls: ['debugToken', 'exchangeCode', 'uploadSample'], deviation: 'path is not described', why: OF_GRAPH },
  {
    calls: ['downloadMedia'],
    deviation: 'path is not described',
    why: 'The address of a file is whatever Meta says; the description has a placeholder for it.',
  },
  {
    calls: ['unpauseTemplate'],
    deviation: 'path is not described',
    why: "It is in Meta's guide to the pacing of templates only.",
  },
  { calls: ['ping'], deviation: 'path is not described', why: 'It asks whether anything answers; a refusal will do.' },
];
