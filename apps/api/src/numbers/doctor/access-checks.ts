import { WhatsAppAuthError, WhatsAppError } from '@parley/graph';
import { REQUIRED_SCOPES } from '../number-at-meta.js';
import { fail, ok, unknown, warn, wordsOf, type Verdict } from './finding.js';
import type { NumberQuestions } from './number-questions.js';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const NEW_TOKEN = 'Make a new token for the system user in Business settings, then give it with PUT /v1/numbers/{id}/token.';

/** Whether the token works: an account that can be read proves it, also where the token may not be asked about. */
export async function checkToken(ask: NumberQuestions): Promise<Verdict> {
  try {
    await ask.account();
    return ok('Meta accepts the access token.');
  } catch (error) {
    if (error instanceof WhatsAppAuthError) return fail('Meta does not accept the access token.', NEW_TOKEN, wordsOf(error));
    throw error;
  }
}

export async function checkScopes(ask: NumberQuestions): Promise<Verdict> {
  const { scopes, granular_scopes: granular } = await ask.token();
  if (scopes === undefined) return unknown('Meta does not say what the token may do.');
  const missing = REQUIRED_SCOPES.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) return fail(`The token lacks ${missing.join(' and ')}.`, `Make a new token with ${REQUIRED_SCOPES.join(' and ')}.`);
  const elsewhere = REQUIRED_SCOPES.find((scope) => {
    const targets = granular?.find((granted) => granted.scope === scope)?.target_ids;
    return targets !== undefined && !targets.includes(ask.opened.wabaId);
  });
  if (elsewhere) return fail(`The token's ${elsewhere} is not for this account.`, 'Assign the account to the system user in Business settings, then make a new token.');
  return ok('The token has all the permissions that are needed.');
}

export async function checkExpiry(ask: NumberQuestions): Promise<Verdict> {
  const { expires_at: expiresAt } = await ask.token();
  if (expiresAt === undefined) return unknown('Meta does not say when the token ends.');
  if (expiresAt === 0) return ok('The token does not expire.');
  const days = Math.floor((expiresAt * 1_000 - ask.known.now.getTime()) / DAY_MS);
  const date = new Date(expiresAt * 1_000).toISOString();
  if (days < 0) return fail(`The token expired at ${date}.`, NEW_TOKEN);
  return days < SOON_DAYS ? warn(`The token expires at ${date}.`, NEW_TOKEN) : ok(`The token is good until ${date}.`);
}

export async function checkAccount(ask: NumberQuestions): Promise<Verdict> {
  const { accountState, accountStateReason, holds } = ask.known;
  const { name = '', account_review_status: review, business_verification_status: verified } = await ask.account();
  if (accountState === 'RESTRICTED' && !holds.some(({ scope }) => scope === 'account')) {
    return warn('Meta restricted the account for a while; that time is over.', 'Read why under Account quality in WhatsApp Manager: the next one will be longer.', accountStateReason);
  }
  if (accountState !== 'ACTIVE') {
    return fail(`Meta has told that the account is ${accountState}.`, 'Open Account quality in WhatsApp Manager, read why, and ask for a review there.', accountStateReason);
  }
  if (review === 'REJECTED') return fail('Meta rejected the account.', 'Open Account quality in WhatsApp Manager and ask for a review.', `account_review_status ${review}`);
  if (review !== undefined && review !== 'APPROVED') return warn('Meta has not approved the account yet.', 'Wait for the review, or complete what WhatsApp Manager asks for.', `account_review_status ${review}`);
  return ok(`The account is ${name || ask.opened.wabaId}.`, verified === undefined ? null : `business_verification_status ${verified}`);
}

/** Account and number belonging together. */
export async function checkNumber(ask: NumberQuestions): Promise<Verdict> {
  try {
    const isListed = (await ask.numbers()).some(({ id }) => id === ask.opened.graphId);
    if (isListed) return ok('The number is part of the account.');
  } catch (error) {
    if (!(error instanceof WhatsAppError) || error.graph?.code !== 100) throw error;
  }
  return fail('The account has no number of this id.', 'Look in WhatsApp Manager where the number went; connect it again with the ids shown there.');
}
