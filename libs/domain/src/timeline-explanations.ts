import type { AcceptanceRule } from './acceptance.js';
import { ERRORS, isErrorCode } from './errors.js';
import { classifyGraphError, graphErrorRow, type GraphErrorVerdict } from './graph-error.js';
import { type MessageState, UNCERTAIN, type WaitCause } from './message.js';

/** Why something is as it is, and what its reader can do about it. Both for people. */
export interface Explanation {
  reason: string;
  whatToDo: string;
}

/** What a message can wait for: what is stored, and the turn of others in better lanes, which nobody stores. */
export type TimelineWait = WaitCause | 'lane';

const NOTHING = 'Nothing: it goes on by itself.';

/** Every check of acceptance in plain words, as it stands when it was passed. */
export const RULE_TEXTS: Readonly<Record<AcceptanceRule, string>> = {
  tenant: 'WhatsApp is switched on for the organisation.',
  number: 'The number is connected and may send.',
  recipient: 'The recipient can be reached on WhatsApp.',
  consent: 'The recipient agreed to this kind of message.',
  window: 'The customer wrote within 24 hours, so free text may answer.',
  template: 'The template exists in this language and is approved.',
  parameters: 'The content is complete and fits.',
  media: 'The files are there and of the right kind.',
  schedule: 'The times for leaving and for its validity are possible.',
};

/** The same for messages about which a rule has nothing to say. */
export const NOT_NEEDED_TEXTS: Readonly<Partial<Record<AcceptanceRule, string>>> = {
  window: 'Templates may be sent whether or not the customer wrote.',
  template: 'It needs no template.',
  media: 'It carries no file.',
};

/** Every state, for a message that stands in it without a further reason. */
export const STATE_EXPLANATIONS: Readonly<Record<MessageState, Explanation>> = {
  QUEUED: { reason: 'It is due and leaves as soon as the number may send.', whatToDo: NOTHING },
  WAITING: { reason: 'It waits until it may leave.', whatToDo: NOTHING },
  DISPATCHED: { reason: 'It is about to leave.', whatToDo: NOTHING },
  SENDING: { reason: 'It is being handed to WhatsApp.', whatToDo: NOTHING },
  UNKNOWN: {
    reason: 'WhatsApp did not answer, so it is not known whether the message left.',
    whatToDo: 'Wait for a status; after 15 minutes your policy for unknown outcomes decides. Do not send it again yourself.',
  },
  ACCEPTED: { reason: 'WhatsApp took it and has not yet said more.', whatToDo: NOTHING },
  SENT: { reason: "WhatsApp sent it; the customer's phone has not confirmed it.", whatToDo: 'Nothing: the phone may be switched off.' },
  DELIVERED: { reason: "It is on the customer's phone.", whatToDo: 'Nothing.' },
  READ: { reason: 'The customer read it.', whatToDo: 'Nothing.' },
  PLAYED: { reason: 'The customer listened to it.', whatToDo: 'Nothing.' },
  FAILED: { reason: 'It failed.', whatToDo: 'Act on the cause, then redrive it.' },
  CANCELLED: { reason: 'It was cancelled before it left.', whatToDo: 'Send it again if it is still wanted.' },
  EXPIRED: { reason: 'It was not sent in time.', whatToDo: 'Send it again if it still matters.' },
  RECEIVED: { reason: 'The customer sent it.', whatToDo: 'Nothing.' },
};

/** Every cause of waiting. */
export const WAIT_EXPLANATIONS: Readonly<Record<TimelineWait, Explanation>> = {
  schedule: { reason: 'It is to be sent later.', whatToDo: 'Nothing, or cancel it.' },
  retry: { reason: 'An attempt failed; the next one comes at the time shown.', whatToDo: NOTHING },
  pair: {
    reason: 'An earlier message to the same recipient is still on its way, or the recipient got as many as WhatsApp allows in a moment.',
    whatToDo: NOTHING,
  },
  throughput: { reason: 'It waits its turn: the number sends as fast as it may.', whatToDo: 'Nothing, or share the load with a second number.' },
  lane: { reason: 'More urgent messages of the number left first.', whatToDo: NOTHING },
  pause: { reason: 'The number, or all of the organisation, is paused.', whatToDo: 'Look at the reason of the pause, and resume it.' },
  credential: { reason: 'WhatsApp does not accept the access token.', whatToDo: 'Give the account a new access token; what waits goes out then.' },
  account: { reason: 'Meta holds the WhatsApp Business account.', whatToDo: 'See WhatsApp Manager for what Meta asks for.' },
  template: { reason: 'The template is paused, or Meta is reviewing it again.', whatToDo: 'Wait until it is released, or improve it in WhatsApp Manager.' },
  quota: { reason: 'The quota of the organisation is used up.', whatToDo: 'Wait for the reset, or ask the operator for a larger quota.' },
  tier: {
    reason: 'The number wrote to as many new recipients in 24 hours as Meta lets it.',
    whatToDo: 'Wait; Meta raises the limit of numbers of good quality by itself.',
  },
  breaker: { reason: 'WhatsApp failed for this number again and again, so it rests for a moment.', whatToDo: NOTHING },
  throttle: { reason: 'WhatsApp asked us to slow down.', whatToDo: NOTHING },
  campaign: { reason: 'Its campaign is paused.', whatToDo: 'Resume the campaign with POST /v1/campaigns/{id}/resume.' },
  module: { reason: 'WhatsApp is switched off for the organisation.', whatToDo: 'Ask the operator to switch it on.' },
};

/** Reasons that neither the table of errors nor Meta's codes name. */
const OWN_REASONS: Readonly<Record<string, Explanation>> = {
  [UNCERTAIN]: {
    reason: 'WhatsApp never said what became of it: the customer may have it, or not.',
    whatToDo: 'Look at the chat before you redrive it; with allowDuplicate it goes out, perhaps a second time.',
  },
  'outcome.unknown': STATE_EXPLANATIONS.UNKNOWN,
  'network.unreachable': { reason: 'WhatsApp could not be reached at any attempt.', whatToDo: 'Redrive it once the connection is back.' },
  'template.held': WAIT_EXPLANATIONS.template,
  'template.deleted': { reason: 'The template was deleted.', whatToDo: 'Send another template.' },
  'template.disabled': { reason: 'Meta disabled the template.', whatToDo: 'Make a new template, and send that.' },
  'template.rejected': { reason: 'Meta rejected the template.', whatToDo: 'Correct the template; redrive the message once it is approved.' },
  'media.uploading': { reason: 'Its file is still on the way to WhatsApp.', whatToDo: NOTHING },
  'media.not-sendable': { reason: 'Its file is not there any more, or WhatsApp does not take it.', whatToDo: 'Upload the file anew, and send the message again.' },
  'account.paused': WAIT_EXPLANATIONS.account,
};

/** Meta's own codes are reasons of this form. */
const META_REASON = /^meta\.(\d+)$/;
const HTTP_REASON = /^http\.(\d{3})$/;

/** What Meta's code means, where it came with an error of Graph's or with a failed status. */
export function explainMetaCode(code: number): Explanation {
  const row = graphErrorRow(code);
  const whatToDo = row?.whatToDo ?? "Act on Meta's text; the same request will probably be refused again.";
  return { reason: `WhatsApp refused it with code ${code}.`, whatToDo };
}

/** The reason stored with a message, or null for one that nobody declared. */
export function explainReason(reason: string): Explanation | null {
  const own = OWN_REASONS[reason];
  if (own) return own;
  const code = META_REASON.exec(reason)?.[1];
  if (code !== undefined) return explainMetaCode(Number(code));
  const status = HTTP_REASON.exec(reason)?.[1];
  if (status !== undefined) return { reason: `WhatsApp answered with HTTP ${status} and no code.`, whatToDo: 'Try again later; if it stays, ask Meta.' };
  if (reason === 'meta.unknown') return { reason: 'WhatsApp reported a failure without a code.', whatToDo: 'Ask Meta with the id of the message.' };
  if (!isErrorCode(reason)) return null;
  const { title, whatToDo } = ERRORS[reason];
  return { reason: `${title}.`, whatToDo };
}

/** Where a message stands. */
export interface Standing {
  state: MessageState;
  waitCause: WaitCause | null;
  /** Stored with the state: of FAILED, EXPIRED, UNKNOWN and a retry. */
  reason: string | null;
  errorText: string | null;
  /** What holds its number, account or tenant now; null when nothing does. */
  heldFor: WaitCause | null;
}

/** Why a message is where it is, for every state, cause and reason. What Meta said is added in Meta's words. */
export function explainStanding({ state, waitCause, reason, errorText, heldFor }: Standing): Explanation {
  if (state === 'QUEUED') return heldFor ? WAIT_EXPLANATIONS[heldFor] : STATE_EXPLANATIONS.QUEUED;
  if (state === 'WAITING' && waitCause) {
    const wait = WAIT_EXPLANATIONS[waitCause];
    const last = waitCause === 'retry' && reason !== null ? explainReason(reason) : null;
    return last ? { reason: `${wait.reason} The last attempt: ${withText(last.reason, errorText)}`, whatToDo: wait.whatToDo } : wait;
  }
  if (state !== 'FAILED' || reason === null) return STATE_EXPLANATIONS[state];
  return explainFailure(reason, errorText);
}

/** Why a message failed and what mends it: the cause and the fix of a dead letter. */
export function explainFailure(reason: string | null, errorText: string | null = null): Explanation {
  const known = reason === null ? null : explainReason(reason);
  if (known) return { reason: withText(known.reason, errorText), whatToDo: known.whatToDo };
  return { reason: withText(STATE_EXPLANATIONS.FAILED.reason, errorText ?? reason), whatToDo: STATE_EXPLANATIONS.FAILED.whatToDo };
}

function withText(reason: string, text: string | null): string {
  return text === null || text === '' ? reason : `${reason} It said: ${text}`;
}

/** Class, scope and remedy of what an attempt ended with; null where it succeeded or nothing came back. */
export function classifyAttempt(attempt: { httpStatus: number | null; errorCode: number | null; errorSubcode: number | null }): GraphErrorVerdict | null {
  const { httpStatus, errorCode: code, errorSubcode: subcode } = attempt;
  if (httpStatus === null || (httpStatus < 300 && code === null)) return null;
  return classifyGraphError({ httpStatus, code, subcode, parsed: code !== null }, true);
}
