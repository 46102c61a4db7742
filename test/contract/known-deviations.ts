import type { GraphCallName } from './graph-calls.js';

/** Where what goes over the wire differs from the description, and why that is right. */
export interface KnownDeviation {
  readonly calls: readonly GraphCallName[];
  readonly deviation: string;
  readonly why: string;
}

const NUMBERS: readonly GraphCallName[] = ['getPhoneNumber', 'listPhoneNumbers'];

const NUMBER_FIELD = 'A documented field of the phone number node that the description leaves out.';
const TEMPLATE_BUTTON =
  "Meta's guide to templates has it (and, for flows, an example of the description's own); the schema leaves it out.";

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
  ...['fields', 'limit', 'after'].map((name) => ({
    calls: ['listTemplates'] as const,
    deviation: `query has ${name}, which is not described`,
    why: 'Every list of Graph takes it; the description knows of looking up one template by name.',
  })),
  ...['parameter_format', 'rejected_reason', 'quality_score'].map((field) => ({
    calls: ['listTemplates'] as const,
    deviation: `query /fields names ${field}, which no answer describes`,
    why: 'A documented field of the template node; the description has the default ones only.',
  })),
  {
    calls: ['debugToken'],
    deviation: 'path is not described',
    why: 'It belongs to Graph, not to the business messaging API.',
  },
  { calls: ['ping'], deviation: 'path is not described', why: 'It asks whether anything answers; a refusal will do.' },
];
