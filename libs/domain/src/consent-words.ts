import { foldWords } from './automation-words.js';
import { type JsonObject, objectOf, textOf } from './json.js';
import type { MessageKind } from './message.js';
import type { ConsentSettings } from './settings/consent-settings.js';

/**
 * What a customer means: `stop` takes back everything, `start` gives it again, `opt-out` takes back marketing alone. The locale
 * is that of the word, as far as the word tells.
 */
export interface ConsentWord {
  intent: 'stop' | 'start' | 'opt-out';
  locale: string;
}

/** What a message says: what was typed, or the payload and the text of the button that was chosen. */
export interface Said {
  typed: string | null;
  chosen: readonly string[];
}

interface LocaleWords {
  stop: readonly string[];
  /** Buttons of this text belong to whoever made them: these count when typed. */
  stopTyped: readonly string[];
  start: readonly string[];
  optOut: readonly string[];
  stopConfirmation: string;
  startConfirmation: string;
}

/** Words that are the same in many languages; the tenant's default locale answers them. */
const EVERYWHERE = { stop: ['stop', 'stop all', 'unsubscribe'], start: ['start', 'unstop'] };

/** The locales that are shipped. */
export const CONSENT_LOCALES: Readonly<Record<string, LocaleWords>> = {
  en: {
    stop: ['opt out', 'unsubscribe me', 'stop messages', 'stop messaging me', 'no more messages'],
    stopTyped: ['cancel', 'end', 'quit', 'revoke'],
    start: ['subscribe', 'subscribe me', 'resubscribe', 'opt in'],
    optOut: ['stop promotions', 'stop marketing', 'no more promotions'],
    stopConfirmation: 'You are unsubscribed: we will not write to you any more. Write START if you change your mind.',
    startConfirmation: 'You will get our messages. Write STOP whenever you want no more of them.',
  },
  ro: {
    stop: [
      'dezabonare', 'dezabonează', 'dezabonează-mă', 'dezabonați-mă', 'mă dezabonez', 'vreau să mă dezabonez', 'oprește', 'opriți', 'oprește mesajele',
      'opriți mesajele', 'nu mai vreau mesaje',
    ],
    stopTyped: ['oprire', 'renunț', 'încetează', 'încetați'],
    start: ['abonare', 'abonează', 'abonează-mă', 'abonați-mă', 'mă abonez', 'reabonare', 'pornește', 'porniți'],
    optOut: ['oprește promoțiile', 'opriți promoțiile', 'fără promoții', 'nu mai vreau promoții'],
    stopConfirmation: 'Te-ai dezabonat: nu îți mai scriem. Scrie START dacă te răzgândești.',
    startConfirmation: 'Vei primi mesajele noastre. Scrie STOP oricând nu le mai dorești.',
  },
};

/** Two texts with the same key are the same word: case, diacritics, punctuation and blanks do not matter. */
export const wordKey = (text: string): string => foldWords(text).replaceAll(' ', '');

/** What a message of a customer says; null for one that says nothing by which consent changes. */
export function saidIn(kind: MessageKind, content: JsonObject): Said | null {
  switch (kind) {
    case 'text':
      return { typed: textOf(content.body), chosen: [] };
    case 'button':
      return { typed: null, chosen: textsOf(content.payload, content.text) };
    case 'interactive': {
      const reply = objectOf(content.button_reply ?? content.list_reply);
      return { typed: null, chosen: textsOf(reply.id, reply.title) };
    }
    default:
      return null;
  }
}

/** Longer than any word: what is longer is not looked at. */
const LONGEST_WORD = 200;

/** Of a button that means two things (its text, and the payload that the tenant named) the first of these counts. */
const INTENTS = ['opt-out', 'stop', 'start'] as const;

/** The word that this is, as a whole: a sentence with a word in it is none. */
export function readConsentWord(said: Said, settings: ConsentSettings): ConsentWord | null {
  const meanings = meaningsOf(said, settings);
  return INTENTS.flatMap((intent) => meanings.find((word) => word.intent === intent) ?? [])[0] ?? null;
}

/** All that it can mean. */
export function meaningsOf({ typed, chosen }: Said, settings: ConsentSettings): ConsentWord[] {
  const texts = [...(typed === null ? [] : [typed]), ...chosen].filter((text) => text.length <= LONGEST_WORD);
  const keys = texts.map(wordKey).filter((key) => key !== '');
  if (keys.length === 0) return [];
  return keptTablesOf(settings).flatMap(({ locale, table }) =>
    keys.flatMap((key) => {
      const word = table.get(key);
      return word === undefined || (word.isTyped && typed === null) ? [] : [{ intent: word.intent, locale }];
    }),
  );
}

/** The answer to a STOP or START: the tenant's text, else the one that is shipped, else those of the default locale. */
export function consentConfirmation({ intent, locale }: ConsentWord, settings: ConsentSettings): string | null {
  if (intent === 'opt-out' || !settings.confirm) return null;
  const member = intent === 'stop' ? 'stopConfirmation' : 'startConfirmation';
  for (const one of [locale, settings.defaultLocale]) {
    const text = settings.locales.find((own) => own.locale === one)?.[member] ?? CONSENT_LOCALES[one]?.[member];
    if (text !== undefined) return text;
  }
  return CONSENT_LOCALES['en']![member];
}

type WordTable = ReadonlyMap<string, { intent: ConsentWord['intent']; isTyped: boolean }>;

function tableOf({ stop = [], stopTyped = [], start = [], optOut = [] }: Partial<LocaleWords>): WordTable {
  const entries = ([['start', start], ['stop', stopTyped], ['stop', stop], ['opt-out', optOut]] as const).flatMap(([intent, words]) =>
    words.map((word) => [wordKey(word), { intent, isTyped: words === stopTyped }] as const),
  );
  return new Map(entries);
}

const EVERYWHERE_TABLE = tableOf(EVERYWHERE);
const SHIPPED_TABLES = Object.entries(CONSENT_LOCALES).map(([locale, words]) => ({ locale, table: tableOf(words) }));

interface LocaleTable {
  locale: string;
  table: WordTable;
}

/** One value of settings judges many messages. */
const KEPT_TABLES = new WeakMap<ConsentSettings, LocaleTable[]>();

function keptTablesOf(settings: ConsentSettings): LocaleTable[] {
  const kept = KEPT_TABLES.get(settings) ?? tablesOf(settings);
  KEPT_TABLES.set(settings, kept);
  return kept;
}

/** What is the same everywhere is said in the default locale; so is a word that several locales have. */
function tablesOf({ defaultLocale, locales, optOutButtons }: ConsentSettings): LocaleTable[] {
  const own = locales.map(({ locale, stopWords, startWords }) => ({ locale, table: tableOf({ stop: stopWords, start: startWords }) }));
  const tables = [...own, ...SHIPPED_TABLES];
  return [
    { locale: defaultLocale, table: tableOf({ optOut: optOutButtons }) },
    { locale: defaultLocale, table: EVERYWHERE_TABLE },
    ...tables.filter(({ locale }) => locale === defaultLocale),
    ...tables.filter(({ locale }) => locale !== defaultLocale),
  ];
}

function textsOf(...values: readonly unknown[]): string[] {
  return values.flatMap((value) => textOf(value) ?? []);
}
