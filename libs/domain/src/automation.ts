import type { MessageKind } from './message.js';

/** The kinds of steps that a chain of automatic answers is made of. */
export const AUTOMATION_STEP_TYPES = ['transcribe', 'intent', 'keywords', 'away', 'bot', 'ai', 'echo'] as const;

export type AutomationStepType = (typeof AUTOMATION_STEP_TYPES)[number];

/** Those that ask somebody else over HTTP: they run on their own, a few at a time. */
export const SLOW_STEP_TYPES: ReadonlySet<AutomationStepType> = new Set<AutomationStepType>(['transcribe', 'intent', 'bot', 'ai']);

/** What a step can have done. The first three are where a chain stands, the others are ends. */
export const AUTOMATION_STATES = ['DUE', 'RUNNING', 'WAITING', 'ANSWERED', 'PASSED', 'HANDED_OVER', 'FAILED'] as const;

export type AutomationState = (typeof AUTOMATION_STATES)[number];
export type AutomationEnd = Exclude<AutomationState, 'DUE' | 'RUNNING' | 'WAITING'>;

/** The tag of a conversation that waits for a person: bot and model are silent while it is there. */
export const NEEDS_HUMAN_TAG = 'needs-human';

/** When a step runs; what is not given does not matter, and all that is given must hold. */
export interface AutomationConditions {
  /** Left out: everything that a customer can say, but no reactions, edits or deletions. */
  kinds?: MessageKind[];
  firstMessage?: boolean;
  businessHours?: 'inside' | 'outside';
  /** Any of these, as whole words anywhere in the text. */
  keywords?: string[];
  /** ISO 639 codes; the language is known of transcribed voice notes and of contacts that say it. */
  languages?: string[];
  numberIds?: string[];
  /** True: only conversations that nobody has. */
  unassigned?: boolean;
  /** What an intent step before this one found. */
  intents?: string[];
  /** The least confidence of the intent, 0 to 1. */
  minConfidence?: number;
}

/** What customers read, by language (`ro`, `en`); whoever speaks none of them reads the first. */
export type LocalTexts = Record<string, string>;

/** A tenant's own endpoint; its key is kept apart, sealed. Without one the operator's is asked. */
export interface StepEndpoint {
  /** The address that the method's path is added to: `https://api.example.com/v1`. */
  url: string;
  model?: string;
}

interface StepBase {
  /** Unique within the chain; names the step in keys, secrets and timelines. */
  id: string;
  enabled: boolean;
  when?: AutomationConditions;
}

/** Voice notes become text, over POST /audio/transcriptions. */
export interface TranscribeStep extends StepBase {
  type: 'transcribe';
  endpoint?: StepEndpoint;
  /** What customers speak, where that is known: it makes the text better. */
  language?: string;
}

/** An intent that a model may choose; the description tells it when. */
export interface IntentChoice {
  name: string;
  description?: string;
}

/** What the customer wants: by a language model, or by a Rasa server. */
export interface IntentStep extends StepBase {
  type: 'intent';
  api: 'openai' | 'rasa';
  endpoint?: StepEndpoint;
  /** Needed with `openai`; with `rasa` the server knows them. */
  intents?: IntentChoice[];
}

export interface KeywordAnswer {
  words: string[];
  /** `whole`: the message is one of the words. `contains`: it has one of them in it, as whole words. */
  match: 'whole' | 'contains';
  texts: LocalTexts;
}

export interface KeywordsStep extends StepBase {
  type: 'keywords';
  answers: KeywordAnswer[];
}

/** Outside business hours, once for a conversation until business opens again. */
export interface AwayStep extends StepBase {
  type: 'away';
  texts: LocalTexts;
}

export interface BotStep extends StepBase {
  type: 'bot';
  url: string;
}

/** When a person takes over. */
export interface HandOver {
  /** Words by which a customer asks for a person. */
  words?: string[];
  /** What the customer is told then. */
  texts?: LocalTexts;
}

export interface AiStep extends StepBase {
  type: 'ai';
  endpoint?: StepEndpoint;
  systemPrompt: string;
  temperature?: number;
  /** Of one answer. */
  maxTokens: number;
  /** Messages of the conversation that the model sees, this one included. */
  contextMessages: number;
  /** Tokens of a day by the tenant's clock, question and answer together. */
  dailyTokens: number;
  handOver?: HandOver;
}

/** The receipt with a timestamp; `echoEnabled` of the organisation switches it off as well. */
export interface EchoStep extends StepBase {
  type: 'echo';
}

export type AutomationStep = TranscribeStep | IntentStep | KeywordsStep | AwayStep | BotStep | AiStep | EchoStep;

/** The address that a step of a tenant's calls; null where it is the operator's or there is none. */
export function endpointOf(step: AutomationStep): string | null {
  if (step.type === 'bot') return step.url;
  return 'endpoint' in step ? (step.endpoint?.url ?? null) : null;
}

/** The text for a language, of a regional one too (`en-GB` reads `en`). */
export function textFor(texts: LocalTexts, language: string | null): string {
  const wanted = language?.toLowerCase() ?? '';
  const entries = Object.entries(texts);
  const found = entries.find(([key]) => key.toLowerCase() === wanted) ?? entries.find(([key]) => key.toLowerCase() === wanted.split('-')[0]);
  return (found ?? entries[0])?.[1] ?? '';
}
