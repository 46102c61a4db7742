import { isJsonObject, type JsonObject } from '../../../json.js';
import { readButtons } from './buttons.js';
import { badParameter } from './refusals.js';

const OTP_TYPES = ['COPY_CODE', 'ONE_TAP', 'ZERO_TAP'];
const MAX_EXPIRY_MINUTES = 90;
const MAX_BUTTON_TEXT = 25;

/** Meta's own words for a one-time password. */
interface Wording {
  readonly body: string;
  readonly security: string;
  readonly expiry: (minutes: number) => string;
  readonly copyCode: string;
  readonly autofill: string;
}

const ENGLISH: Wording = {
  body: '*{{1}}* is your verification code.',
  security: 'For your security, do not share this code.',
  expiry: (minutes) => `This code expires in ${minutes} minutes.`,
  copyCode: 'Copy code',
  autofill: 'Autofill',
};

/** By language without its country; English where there is no other. */
const WORDINGS: Readonly<Record<string, Wording>> = {
  en: ENGLISH,
  pt: {
    body: 'Seu código de verificação é *{{1}}*.',
    security: 'Para sua segurança, não o compartilhe.',
    expiry: (minutes) => `Este código expira em ${minutes} minutos.`,
    copyCode: 'Copiar código',
    autofill: 'Preencher automaticamente',
  },
  es: {
    body: 'Tu código de verificación es *{{1}}*.',
    security: 'Por tu seguridad, no lo compartas.',
    expiry: (minutes) => `Este código caduca en ${minutes} minutos.`,
    copyCode: 'Copiar código',
    autofill: 'Autocompletar',
  },
};

/** What an authentication template is made from: everything else in it is Meta's. */
export interface OneTimePassword {
  readonly addSecurityRecommendation: boolean;
  readonly expiryMinutes: number | undefined;
  readonly otpType: string;
  readonly text: string | undefined;
  readonly autofillText: string | undefined;
}

/** Checks and reads the components of an authentication template. */
export function readOneTimePassword(components: readonly JsonObject[]): OneTimePassword {
  const body = componentOf(components, 'BODY');
  if (body?.['text'] !== undefined) throw badParameter('The text of an authentication template is fixed by Meta.');
  for (const { type } of components) {
    if (!['BODY', 'FOOTER', 'BUTTONS'].includes(String(type).toUpperCase())) {
      throw badParameter(`An authentication template has no component of type ${String(type).toUpperCase()}.`);
    }
  }
  const [button, ...others] = readButtons(componentOf(components, 'BUTTONS') ?? {});
  if (!button || others.length > 0 || String(button['type']).toUpperCase() !== 'OTP') {
    throw badParameter('An authentication template has exactly one button, of type OTP.');
  }
  return {
    addSecurityRecommendation: body?.['add_security_recommendation'] === true,
    expiryMinutes: readExpiry(componentOf(components, 'FOOTER')?.['code_expiration_minutes']),
    ...readOtpButton(button),
  };
}

/** The components that such a template has once it was made: the OTP button has become a URL button. */
export function otpComponents(password: OneTimePassword, language: string): JsonObject[] {
  const { addSecurityRecommendation, expiryMinutes, otpType, text, autofillText } = password;
  const parts = otpTexts(password, language);
  const url = new URL('https://www.whatsapp.com/otp/code/');
  url.search = new URLSearchParams({
    otp_type: otpType,
    ...(expiryMinutes !== undefined && { code_expiration_minutes: String(expiryMinutes) }),
    ...(autofillText !== undefined && { cta_display_name: autofillText }),
  }).toString();
  return [
    {
      type: 'BODY',
      text: parts.body,
      add_security_recommendation: addSecurityRecommendation,
      example: { body_text: [['123456']] },
    },
    ...(expiryMinutes === undefined
      ? []
      : [{ type: 'FOOTER', text: parts.footer, code_expiration_minutes: expiryMinutes }]),
    {
      type: 'BUTTONS',
      buttons: [
        {
          type: 'URL',
          text: text ?? parts.buttonText,
          url: `${url.href}&code=otp{{1}}`,
          example: [`${url.href}&code=otp123456`],
        },
      ],
    },
  ];
}

/** The words of a one-time password in a language. */
export function otpTexts(
  { addSecurityRecommendation, expiryMinutes }: Pick<OneTimePassword, 'addSecurityRecommendation' | 'expiryMinutes'>,
  language: string,
): { body: string; footer: string; buttonText: string; autofillText: string } {
  const wording = WORDINGS[language.split('_', 1)[0] ?? ''] ?? ENGLISH;
  return {
    body: addSecurityRecommendation ? `${wording.body} ${wording.security}` : wording.body,
    footer: expiryMinutes === undefined ? '' : wording.expiry(expiryMinutes),
    buttonText: wording.copyCode,
    autofillText: wording.autofill,
  };
}

/** The minutes after which a code is no longer good. */
export function readExpiry(value: unknown): number | undefined {
  if (value === undefined || value === '') return undefined;
  const minutes = Number(value);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_EXPIRY_MINUTES) return minutes;
  throw badParameter(`code_expiration_minutes has to be a whole number from 1 to ${MAX_EXPIRY_MINUTES}.`);
}

function readOtpButton(button: JsonObject): Pick<OneTimePassword, 'otpType' | 'text' | 'autofillText'> {
  const otpType = String(button['otp_type']).toUpperCase();
  if (!OTP_TYPES.includes(otpType)) throw badParameter(`otp_type has to be one of ${OTP_TYPES.join(', ')}.`);
  if (otpType !== 'COPY_CODE') {
    const apps: unknown = button['supported_apps'];
    const isNamed = (app: unknown): boolean =>
      isJsonObject(app) && typeof app['package_name'] === 'string' && typeof app['signature_hash'] === 'string';
    if (!Array.isArray(apps) || apps.length === 0 || !apps.every(isNamed)) {
      throw badParameter(`${otpType} needs supported_apps, each with package_name and signature_hash.`);
    }
  }
  if (otpType === 'ZERO_TAP' && button['zero_tap_terms_accepted'] !== true) {
    throw badParameter('ZERO_TAP needs zero_tap_terms_accepted.');
  }
  return { otpType, text: readText(button, 'text'), autofillText: readText(button, 'autofill_text') };
}

function readText(button: JsonObject, key: string): string | undefined {
  const value = button[key];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '' && value.length <= MAX_BUTTON_TEXT) return value;
  throw badParameter(`${key} of an OTP button has 1 to ${MAX_BUTTON_TEXT} characters.`);
}

function componentOf(components: readonly JsonObject[], type: string): JsonObject | undefined {
  return components.find((component) => String(component['type']).toUpperCase() === type);
}
