import type { HealthEntity } from '@parley/graph';
import { numberFacts } from '../number-facts.js';
import { fail, ok, unknown, warn, type Verdict } from './finding.js';
import type { NumberQuestions } from './number-questions.js';

const REGISTER = 'Register the number: POST /v1/numbers/{id}/request-code, then verify-code, then register; or resume its onboarding.';

export async function checkRegistration(ask: NumberQuestions): Promise<Verdict> {
  const { status = 'UNKNOWN', code_verification_status: code, platform_type: platform } = await ask.number();
  const words = [`status ${status}`, code && `code_verification_status ${code}`, platform && `platform_type ${platform}`].filter(Boolean).join(', ');
  switch (status) {
    case 'CONNECTED':
      return ok('The number is registered and can send.', words);
    case 'FLAGGED':
    case 'RATE_LIMITED':
      return warn('The number is registered, and Meta holds it back.', 'Send less, and only what people asked for; the state ends by itself when quality recovers.', words);
    case 'BANNED':
    case 'RESTRICTED':
      return fail('Meta has stopped the number.', 'Open Account quality in WhatsApp Manager, read why, and ask for a review there.', words);
    default:
      return fail('The number is not registered.', REGISTER, words);
  }
}

export async function checkDisplayName(ask: NumberQuestions): Promise<Verdict> {
  const { name_status: status = 'UNKNOWN', verified_name: name = '' } = await ask.number();
  const words = `name_status ${status}`;
  if (status === 'APPROVED' || status === 'AVAILABLE_WITHOUT_REVIEW') return ok(`Customers see the name ${name}.`, words);
  if (status === 'PENDING_REVIEW') return warn(`Meta still looks at the name ${name}.`, 'Wait for the review: it takes a day or two.', words);
  if (status === 'DECLINED' || status === 'EXPIRED') {
    return fail(`Customers do not see the name ${name}.`, 'In WhatsApp Manager, Phone numbers, Profile: choose another display name that fits the guidelines.', words);
  }
  return warn('The number has no approved display name.', 'In WhatsApp Manager, Phone numbers, Profile: give a display name.', words);
}

export async function checkQuality(ask: NumberQuestions): Promise<Verdict> {
  const { quality } = numberFacts(await ask.number());
  const words = `quality_rating ${quality}`;
  if (quality === 'RED') return fail('Customers block or report the number often.', 'Stop marketing for a while; write only to people who asked for it.', words);
  if (quality === 'YELLOW') return warn('Some customers block or report the number.', 'Write less often, and only to people who asked for it.', words);
  return ok(quality === 'GREEN' ? 'The quality is high.' : 'Meta has no rating yet.', words);
}

export async function checkThroughput(ask: NumberQuestions): Promise<Verdict> {
  const node = await ask.number();
  const { throughputLevel: level, perSecond } = numberFacts(node);
  const words = `throughput ${level}`;
  if (level === 'NOT_APPLICABLE') return warn('Only a registered number has a throughput.', REGISTER, words);
  if (perSecond !== ask.known.perSecond) {
    return warn(`Meta allows ${perSecond} messages a second; here the number has ${ask.known.perSecond}.`, 'Give the token again with PUT /v1/numbers/{id}/token: the number is read anew.', words);
  }
  return ok(`The number may carry ${perSecond} messages a second.`, words);
}

export async function checkMessagingLimit(ask: NumberQuestions): Promise<Verdict> {
  const { tier } = numberFacts(await ask.number());
  if (tier === null || tier === 'TIER_NOT_SET') return unknown('Meta does not say how many people may be written to in a day.');
  if (tier === 'TIER_50' || tier === 'TIER_250') {
    return warn('Few people may be written to first in 24 hours.', 'Verify the business in Business settings, Security Center; the limit rises with good messages.', tier);
  }
  return ok('The number of people who may be written to first in 24 hours is limited by its tier.', tier);
}

/** Meta's codes for a business that cannot pay. */
const PAYMENT_CODES: ReadonlySet<number | undefined> = new Set([141_006, 131_042, 131_044]);

const isPayment = ({ error_code: code, error_description: text = '' }: NonNullable<HealthEntity['errors']>[number]): boolean =>
  PAYMENT_CODES.has(code) || /\b(payment|billing|credit)/i.test(text);

const errorsOf = (entities: readonly HealthEntity[]) => entities.flatMap(({ entity_type: type, errors = [] }) => errors.map((error) => ({ type, ...error })));

/** What Meta itself says about sending, payment apart. */
export async function checkSending(ask: NumberQuestions): Promise<Verdict> {
  const { health_status: health } = await ask.health();
  const entities = health?.entities ?? [];
  const errors = errorsOf(entities).filter((error) => !isPayment(error));
  const [first] = errors;
  const words = errors.map(({ type, error_code: code, error_description: text }) => `${type} ${code}: ${text}`).join(' · ');
  if (first) return fail('Meta blocks sending.', first.possible_solution ?? 'Act on the words of Meta.', words);
  const info = entities.flatMap(({ entity_type: type, additional_info: more = [] }) => more.map((text) => `${type}: ${text}`)).join(' · ');
  if (health?.can_send_message === 'LIMITED') return warn('Meta limits sending.', 'Act on the words of Meta.', info || 'LIMITED');
  if (health?.can_send_message === undefined) return unknown('Meta does not say whether the number can send.');
  if (health.can_send_message === 'BLOCKED' && !errorsOf(entities).some(isPayment)) return fail('Meta blocks sending.', REGISTER, 'BLOCKED');
  return ok('Meta names nothing that stands in the way of sending.', info || null);
}

export async function checkPayment(ask: NumberQuestions): Promise<Verdict> {
  const { health_status: health } = await ask.health();
  if (health === undefined) return unknown('Meta does not say whether messages can be paid for.');
  const error = errorsOf(health.entities ?? []).find(isPayment);
  if (!error) return ok('Meta names no trouble with the payment.');
  const advice = error.possible_solution ?? 'Add a payment method in Billing Hub, Accounts, WhatsApp Business.';
  return fail('Messages cannot be paid for.', advice, `${error.type} ${error.error_code}: ${error.error_description}`);
}
