import { CONSENT_LOCALES, meaningsOf, wordKey } from '../consent-words.js';
import type { FieldError } from '../domain-error.js';

/** What a tenant adds to a locale, or makes a locale of. */
export interface ConsentLocale {
  /** `ro`, `hu`, `pt_BR`. */
  locale: string;
  /** Beside those that are shipped. */
  stopWords?: string[];
  startWords?: string[];
  /** In place of the text that is shipped. */
  stopConfirmation?: string;
  startConfirmation?: string;
}

/** What customers say to take back their consent and to give it again, and what they are answered. */
export interface ConsentSettings {
  /** Whether a STOP counts for every number of the tenant, or for the one to which it was written. */
  scope: 'tenant' | 'number';
  /** The language of answers to words that are the same everywhere, such as STOP. */
  defaultLocale: string;
  /** Whether STOP and START are answered. */
  confirm: boolean;
  locales: ConsentLocale[];
  /** Payloads or texts of the tenant's own buttons that take back marketing. */
  optOutButtons: string[];
}

export const DEFAULT_CONSENT: ConsentSettings = { scope: 'tenant', defaultLocale: 'en', confirm: true, locales: [], optOutButtons: [] };

/** Words must be words, mean one thing, and every locale stand once; the default one must have its answers. */
export function checkConsent(settings: ConsentSettings): FieldError[] {
  const { locales, defaultLocale, optOutButtons } = settings;
  const errors = locales.flatMap((one, at) => [
    ...(locales.findIndex(({ locale }) => locale === one.locale) < at ? [invalid(`/locales/${at}/locale`, `${one.locale} is there twice.`)] : []),
    ...checkWords(one.stopWords, `/locales/${at}/stopWords`, 'stop', settings),
    ...checkWords(one.startWords, `/locales/${at}/startWords`, 'start', settings),
  ]);
  const answers = locales.find(({ locale }) => locale === defaultLocale);
  if (!Object.hasOwn(CONSENT_LOCALES, defaultLocale) && (!answers?.stopConfirmation || !answers.startConfirmation)) {
    errors.push(invalid('/defaultLocale', `${defaultLocale} needs its stopConfirmation and startConfirmation under locales.`));
  }
  return [...errors, ...checkWords(optOutButtons, '/optOutButtons', 'opt-out', settings)];
}

function checkWords(words: readonly string[] = [], pointer: string, intent: 'stop' | 'start' | 'opt-out', settings: ConsentSettings): FieldError[] {
  return words.flatMap((word, at) => {
    if (wordKey(word) === '') return [invalid(`${pointer}/${at}`, 'A word has at least one letter or digit.')];
    const other = meaningsOf({ typed: word, chosen: [] }, settings).find((one) => one.intent !== intent);
    return other === undefined ? [] : [invalid(`${pointer}/${at}`, `This means ${other.intent} already.`)];
  });
}

const invalid = (pointer: string, detail: string): FieldError => ({ pointer, code: 'field.invalid', detail });
