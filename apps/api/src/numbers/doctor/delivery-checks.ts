import { fail, ok, unknown, warn, type Verdict } from './finding.js';
import type { NumberQuestions } from './number-questions.js';

const DAY_MS = 86_400_000;
/** A webhook of Meta's that takes longer than this is not on its way any more. */
const CANARY_MS = 5 * 60_000;
const SEND_CANARY = 'Send a canary: POST /v1/numbers/{id}/canary.';
const LOOK_AT_WEBHOOKS =
  "In the app's dashboard, WhatsApp, Configuration: check the callback URL and verify token, and that the fields messages, account_update and message_template_status_update are subscribed and the app is live.";

/** Whether our app, or the tenant's own, gets the webhooks of the account. */
export async function checkSubscription(ask: NumberQuestions): Promise<Verdict> {
  const subscribed = (await ask.apps()).flatMap(({ whatsapp_business_api_data: app }) => app?.id ?? []);
  const { app_id: tokenApp } = await ask.token().catch((): { app_id?: string } => ({}));
  const wanted = [tokenApp, ask.ours.appId].filter((id) => id !== undefined);
  if (subscribed.some((id) => wanted.includes(id))) return ok('The app gets the webhooks of the account.');
  const whatToDo = 'Give the token again with PUT /v1/numbers/{id}/token: that subscribes the app.';
  if (subscribed.length === 0) return fail('No app gets the webhooks of the account: nothing arrives.', whatToDo);
  return fail('Only other apps get the webhooks of the account.', whatToDo, `subscribed_apps ${subscribed.join(', ')}`);
}

/** Where the webhooks of messages go: the number's own address, else the account's, else the app's. */
export async function checkCallback(ask: NumberQuestions): Promise<Verdict> {
  const { webhook_configuration: configured = {} } = await ask.number();
  const { phone_number: own, whatsapp_business_account: account, application } = configured;
  const callback = own ?? account ?? application;
  const { callbackBase } = ask.ours;
  if (callback === undefined) return unknown('Meta does not say where the webhooks go.', SEND_CANARY);
  if (callback === callbackBase || callback.startsWith(`${callbackBase}/`)) return ok('The webhooks come here.', callback);
  const by = own !== undefined ? 'the number' : account !== undefined ? 'the account' : 'the app';
  const whatToDo = own !== undefined ? 'Take the override back: PUT /v1/numbers/{id}/webhook-override with callbackUrl null.' : LOOK_AT_WEBHOOKS;
  return fail(`The webhooks go elsewhere, by a setting of ${by}; they should come to ${callbackBase}.`, whatToDo, callback);
}

export async function checkTemplates({ known: { templates, approvedTemplates } }: NumberQuestions): Promise<Verdict> {
  if (approvedTemplates > 0) return ok(`${approvedTemplates} of ${templates} templates are approved.`);
  const summary = templates === 0 ? 'The account has no templates.' : `None of ${templates} templates is approved.`;
  return warn(`${summary} Only customers who wrote within 24 hours can be answered.`, 'Create a template and wait for its approval, or sync: POST /v1/numbers/{id}/sync-templates.');
}

/** Whether the number is held back here. */
export async function checkPause({ known: { holds } }: NumberQuestions): Promise<Verdict> {
  const [longest] = holds;
  if (!longest) return ok('Nothing holds the number back here.');
  const { scope, cause, reason, actor, until } = longest;
  const summary = `Sending is held ${until === null ? 'until somebody lifts it' : `until ${until.toISOString()}`}: ${reason} (${scope}, by ${actor}).`;
  if (cause === 'credential') return fail(summary, 'Give the account a new access token: PUT /v1/numbers/{id}/token.');
  if (cause === 'account') return fail(summary, 'Open Account quality in WhatsApp Manager and ask for a review; it goes on when Meta says so.');
  if (cause === 'pause') return warn(summary, 'Lift it when you are ready: DELETE /v1/holds/{id}.');
  return warn(summary, 'Wait: it goes on by itself.');
}

/** Whether signed webhooks really arrive: what came lately, and the newest canary. */
export async function checkWebhooks({ known: { lastWebhookAt, canary, now } }: NumberQuestions): Promise<Verdict> {
  const last = Math.max(lastWebhookAt?.getTime() ?? 0, canary?.seenAt?.getTime() ?? 0);
  if (canary && canary.seenAt === null && last < canary.startedAt.getTime()) {
    const waitedMs = now.getTime() - canary.startedAt.getTime();
    if (waitedMs < CANARY_MS) return unknown('A canary is on its way.', 'Look again in a minute.');
    return fail(`Nothing came after the canary of ${canary.startedAt.toISOString()}.`, LOOK_AT_WEBHOOKS);
  }
  if (last === 0) return warn('No webhook has come for this number yet.', SEND_CANARY);
  const summary = `The last webhook came at ${new Date(last).toISOString()}.`;
  return now.getTime() - last > DAY_MS ? warn(summary, SEND_CANARY) : ok(summary);
}
