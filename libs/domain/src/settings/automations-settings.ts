import type { AutomationStep, LocalTexts } from '../automation.js';
import { foldWords } from '../automation-words.js';
import type { FieldError } from '../domain-error.js';

/** The chain of automatic answers; each step runs at most once for a message, and the first answer ends the chain. */
export interface AutomationSettings {
  /** How long bot and model are silent after a person's answer. */
  silenceMinutes: number;
  steps: AutomationStep[];
}

export const DEFAULT_AUTOMATIONS: AutomationSettings = { silenceMinutes: 30, steps: [{ id: 'echo', type: 'echo', enabled: true }] };

const LANGUAGE = /^[a-z]{2,3}(-[A-Z]{2})?$/;
/** Meta: a text message has at most 4,096 characters. */
const TEXT_LIMIT = 4_096;

/** Ids once each, texts for somebody, words that can be heard. */
export function checkAutomations({ steps }: AutomationSettings): FieldError[] {
  const seen = new Set<string>();
  return steps.flatMap((step, at) => {
    const pointer = `/steps/${at}`;
    const faults = checkStep(step, pointer);
    if (seen.has(step.id)) faults.push(invalid(`${pointer}/id`, `There are two steps called ${step.id}.`));
    seen.add(step.id);
    return [...faults, ...checkWords(step.when?.keywords ?? [], `${pointer}/when/keywords`)];
  });
}

function checkStep(step: AutomationStep, pointer: string): FieldError[] {
  switch (step.type) {
    case 'keywords':
      return step.answers.flatMap(({ words, texts }, at) => [
        ...checkWords(words, `${pointer}/answers/${at}/words`),
        ...checkTexts(texts, `${pointer}/answers/${at}/texts`),
      ]);
    case 'away':
      return checkTexts(step.texts, `${pointer}/texts`);
    case 'ai':
      return [
        ...checkWords(step.handOver?.words ?? [], `${pointer}/handOver/words`),
        ...(step.handOver?.texts ? checkTexts(step.handOver.texts, `${pointer}/handOver/texts`) : []),
      ];
    case 'intent':
      return checkIntents(step, pointer);
    default:
      return [];
  }
}

function checkIntents({ api, intents, endpoint }: Extract<AutomationStep, { type: 'intent' }>, pointer: string): FieldError[] {
  if (api === 'openai' && !intents?.length) return [invalid(`${pointer}/intents`, 'Name the intents that the model may choose from.')];
  return api === 'rasa' && !endpoint ? [invalid(`${pointer}/endpoint`, 'Give the address of the Rasa server.')] : [];
}

function checkTexts(texts: LocalTexts, pointer: string): FieldError[] {
  const entries = Object.entries(texts);
  if (entries.length === 0) return [invalid(pointer, 'Give a text for at least one language.')];
  return entries.flatMap(([language, text]: [string, unknown]) => {
    if (!LANGUAGE.test(language)) return [invalid(pointer, 'The members are called by languages, such as ro or en-GB.')];
    const fits = typeof text === 'string' && text.trim() !== '' && text.length <= TEXT_LIMIT;
    return fits ? [] : [invalid(`${pointer}/${language}`, `This must be a text of 1 to ${TEXT_LIMIT} characters.`)];
  });
}

function checkWords(words: readonly string[], pointer: string): FieldError[] {
  return words.flatMap((word, at) => (foldWords(word) === '' ? [invalid(`${pointer}/${at}`, 'There must be a letter or a digit in it.')] : []));
}

const invalid = (pointer: string, detail: string): FieldError => ({ pointer, code: 'field.invalid', detail });
