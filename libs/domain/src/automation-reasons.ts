import type { PassReason } from './automation-chain.js';

/** What can go wrong with a step; the chain goes on without it. */
export const STEP_FAILURES = {
  timeout: 'The endpoint did not answer in time.',
  unreachable: 'The endpoint could not be reached.',
  'address-refused': 'The address is not one of the public internet.',
  redirect: 'The endpoint sent us to another address; redirects are not followed.',
  'answer-too-large': 'The answer is larger than 64 kB.',
  'http-error': 'The endpoint answered with an error.',
  'answer-invalid': 'The answer is not what the step understands.',
  'answer-refused': 'None of the messages of the answer could be sent.',
  breaker: 'The endpoint failed again and again; it is left alone for a while.',
  'not-configured': 'There is no endpoint: neither one of the step nor one of this installation.',
  'secret-missing': 'No secret was set for the address of the endpoint.',
  'secret-unreadable': 'The secret cannot be opened; set it again.',
  'budget-spent': 'The tokens of the day are used up.',
  'media-late': 'The file did not come in time.',
  'media-failed': 'The file could not be had from WhatsApp.',
  'media-too-large': 'The file is too large to be transcribed.',
  'too-late': 'The message is older than 24 hours; nobody is asked any more.',
  'gave-up': 'The step was begun several times and never came to an end.',
} as const;

export type StepFailure = keyof typeof STEP_FAILURES;

const PASSES: Readonly<Record<PassReason, string>> = {
  'condition.kind': 'The step is not for messages of this kind.',
  'condition.first-message': 'The step is for first messages only, or for all but the first.',
  'condition.business-hours': 'The step is for other hours.',
  'condition.keywords': 'None of the words of its condition is in the message.',
  'condition.language': 'The step is for other languages, or the language is not known.',
  'condition.number': 'The step is for other numbers.',
  'condition.assigned': 'The step depends on whether somebody has the conversation.',
  'condition.intent': 'The intent is another one, or not certain enough.',
  'agent-active': 'Somebody answered a short while ago.',
  'handed-over': 'The conversation waits for a person.',
  'no-words': 'There are no words in the message.',
  'no-voice': 'There is nothing to be transcribed.',
  'no-match': 'None of the words of the step is in the message.',
  open: 'Business is open.',
  'already-said': 'The conversation was told so in this closed period.',
  'switched-off': 'The echo is switched off for the organisation.',
  'consent-word': 'The customer gave or took back consent; that has an answer of its own.',
};

/** What a step that did its work says of it. */
export const STEP_SUCCESSES = {
  transcribed: 'The voice note is text now.',
  'nothing-said': 'Nothing could be heard in the voice note.',
  understood: 'The intent is known.',
  'no-intent': 'None of the intents fits.',
  'nothing-to-say': 'The endpoint had no answer.',
  'answers-later': 'The bot has taken the message and answers later, over the API.',
  'asked-for-person': 'The customer, the bot or the model asked for a person.',
  'step-gone': 'The step is not in the chain any more.',
} as const;

export type StepSuccess = keyof typeof STEP_SUCCESSES;

/** A reason in words; null for a code of a refused answer, which the documentation of errors explains. */
export function automationReasonText(reason: string): string | null {
  const texts: Readonly<Record<string, string>> = { ...PASSES, ...STEP_FAILURES, ...STEP_SUCCESSES };
  return texts[reason] ?? null;
}
