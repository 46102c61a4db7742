import fc from 'fast-check';
import { CONSENT_LOCALES, consentConfirmation, readConsentWord, saidIn, type ConsentWord } from './consent-words.js';
import { checkConsent, DEFAULT_CONSENT, type ConsentSettings } from './settings/consent-settings.js';

const typed = (text: string, settings: ConsentSettings = DEFAULT_CONSENT): ConsentWord | null => readConsentWord({ typed: text, chosen: [] }, settings);
const chosen = (...texts: string[]): ConsentWord | null => readConsentWord({ typed: null, chosen: texts }, DEFAULT_CONSENT);
const settings = (changes: Partial<ConsentSettings>): ConsentSettings => ({ ...DEFAULT_CONSENT, ...changes });

/** The same word as people write it. */
const WORDS = Object.entries(CONSENT_LOCALES).flatMap(([locale, { stop, stopTyped, start, optOut }]) =>
  ([['stop', [...stop, ...stopTyped]], ['start', start], ['opt-out', optOut]] as const).flatMap(([intent, words]) => words.map((word) => ({ locale, intent, word }))),
);
const noise = fc.array(fc.constantFrom(' ', '!', '.', '…', '\n', ' ', '🛑', '"', '-', '\u200b'), { maxLength: 4 }).map((signs) => signs.join(''));
const spelling = fc.constantFrom<(word: string) => string>(
  (word) => word,
  (word) => word.toUpperCase(),
  (word) => word.normalize('NFD').replace(/\p{M}/gu, ''),
  (word) => word.normalize('NFD'),
  // Cedillas, as older keyboards type them.
  (word) => word.replaceAll('ș', 'ş').replaceAll('ț', 'ţ'),
);

describe('words of consent', () => {
  it('are the whole message, however they are spelt', () => {
    fc.assert(
      fc.property(fc.constantFrom(...WORDS), spelling, noise, noise, ({ locale, intent, word }, spell, before, after) => {
        expect(typed(`${before}${spell(word)}${after}`)).toEqual({ intent, locale });
      }),
    );
  });

  it('are no word within a sentence', () => {
    const plain = fc.stringMatching(/^[a-z]{2,8}$/);
    fc.assert(
      fc.property(fc.constantFrom(...WORDS), fc.array(plain, { minLength: 3, maxLength: 5 }), ({ word }, others) => {
        const text = [word, ...others].join(' ');
        fc.pre(!WORDS.some(({ word: one }) => one.startsWith(word) && one !== word && text.startsWith(one)));
        expect(typed(text)).toBeNull();
      }),
    );
    for (const text of ['stop la ora 5', 'Non-stop?', 'please do not stop', 'start la 18:00', 'Când porniți?', 'I want to cancel my table', '', '🛑', '   ']) {
      expect([text, typed(text)]).toEqual([text, null]);
    }
  });

  it('take back all, give all again, or take back marketing alone', () => {
    expect(['STOP', 'Unsubscribe', 'cancel', 'Oprește!', 'OPREŞTE', 'dezaboneaza-ma', 's.t.o.p'].map((text) => typed(text)?.intent)).toEqual(Array(7).fill('stop'));
    expect(['Start', 'UNSTOP', 'abonează', 'Porneste'].map((text) => typed(text)?.intent)).toEqual(Array(4).fill('start'));
    expect([chosen('Stop promotions'), chosen('payload-1', 'Oprește promoțiile'), typed('stop promotions')].map((word) => word?.intent)).toEqual(Array(3).fill('opt-out'));
  });

  it('leave buttons such as Cancel to whoever made them', () => {
    expect([chosen('cancel-booking', 'Cancel'), chosen('end'), chosen('yes', 'Renunț')]).toEqual([null, null, null]);
    expect([chosen('x', 'STOP')?.intent, chosen('x', 'Dezabonare')?.intent, chosen('x', 'Start')?.intent]).toEqual(['stop', 'stop', 'start']);
  });

  it('grow by those of the tenant, and are answered in the language of the word', () => {
    const own = settings({
      defaultLocale: 'ro',
      locales: [{ locale: 'hu', stopWords: ['leállít'], startWords: ['indít'], stopConfirmation: 'Nem írunk.' }, { locale: 'ro', stopConfirmation: 'Gata.' }],
      optOutButtons: ['NO_PROMO'],
    });
    expect(checkConsent(own)).toEqual([]);
    expect([typed('Leallit!', own), typed('leállít')]).toEqual([{ intent: 'stop', locale: 'hu' }, null]);
    expect(readConsentWord({ typed: null, chosen: ['NO_PROMO', 'STOP'] }, own)?.intent).toBe('opt-out');
    const answer = (text: string) => consentConfirmation(typed(text, own)!, own);
    expect([answer('leállít'), answer('STOP'), answer('unsubscribe me')]).toEqual(['Nem írunk.', 'Gata.', CONSENT_LOCALES['en']!.stopConfirmation]);
    // Without a text of its own, the locale is answered in the default one.
    expect([answer('indít'), answer('Start')]).toEqual(Array(2).fill(CONSENT_LOCALES['ro']!.startConfirmation));
    expect([consentConfirmation({ intent: 'opt-out', locale: 'ro' }, own), consentConfirmation({ intent: 'stop', locale: 'ro' }, settings({ confirm: false }))]).toEqual([null, null]);
    expect(consentConfirmation({ intent: 'stop', locale: 'xx' }, settings({ defaultLocale: 'yy' }))).toBe(CONSENT_LOCALES['en']!.stopConfirmation);
  });

  it('stand in texts and in the answers of buttons, and nowhere else', () => {
    expect(saidIn('text', { body: 'STOP' })).toEqual({ typed: 'STOP', chosen: [] });
    expect(saidIn('button', { payload: 'OPT_OUT', text: 'Stop promotions' })).toEqual({ typed: null, chosen: ['OPT_OUT', 'Stop promotions'] });
    expect(saidIn('interactive', { type: 'button_reply', button_reply: { id: 'b1', title: 'STOP' } })).toEqual({ typed: null, chosen: ['b1', 'STOP'] });
    expect(saidIn('interactive', { type: 'list_reply', list_reply: { id: 'l1', title: 'Stop' } })).toEqual({ typed: null, chosen: ['l1', 'Stop'] });
    expect(saidIn('interactive', { type: 'nfm_reply', nfm_reply: { body: 'STOP' } })).toEqual({ typed: null, chosen: [] });
    expect([saidIn('image', { caption: 'STOP' }), saidIn('reaction', { emoji: '🛑' })]).toEqual([null, null]);
    expect(typed('stop '.repeat(100))).toBeNull();
  });
});

describe('settings of consent', () => {
  it('are refused where a word is none, means something else, or a locale stands twice or has no answers', () => {
    const locales = [
      { locale: 'hu', stopWords: ['start', '…', 'állj'], startWords: ['állj'] },
      { locale: 'hu', startWords: ['mehet'] },
    ];
    const pointers = checkConsent(settings({ defaultLocale: 'hu', locales, optOutButtons: ['STOP', 'PROMO'] })).map(({ pointer }) => pointer);
    expect(pointers).toEqual(['/locales/0/stopWords/0', '/locales/0/stopWords/1', '/locales/0/startWords/0', '/locales/1/locale', '/defaultLocale', '/optOutButtons/0']);
  });
});
