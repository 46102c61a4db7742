import type { JsonObject } from '../json.js';
import type { Account, BusinessNumber, Template } from '../state/account.js';

/** An account as the control API shows it; never with its token. */
export function describeAccount(account: Account): JsonObject {
  return {
    wabaId: account.wabaId,
    name: account.name,
    tokenState: account.tokenState,
    portfolioId: account.portfolioId ?? null,
    messagingLimit: account.messagingLimit ?? null,
    subscribedApps: [...account.subscriptions.keys()],
    numbers: [...account.numbers.values()].map(describeNumber),
    templates: [...account.templates.values()].map(describeTemplate),
  };
}

export function describeNumber(number: BusinessNumber): JsonObject {
  const { id, wabaId, displayPhoneNumber, verifiedName, status, throughputLevel, qualityRating } = number;
  return { id, wabaId, displayPhoneNumber, verifiedName, status, throughputLevel, qualityRating };
}

export function describeTemplate(template: Template): JsonObject {
  const { id, wabaId, name, language, status, category, quality, rejectedReason, components } = template;
  return { id, wabaId, name, language, status, category, quality, rejectedReason, components };
}
