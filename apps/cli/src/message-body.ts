import { CliFailure, EXIT } from './failure.js';
import { readObject, type JsonObject } from './json.js';

/** What `parley send` was told to send. */
export interface Said {
  readonly text?: string;
  readonly template?: string;
  readonly language?: string;
  readonly param?: readonly string[];
  readonly data?: string;
  readonly replyTo?: string;
}

/** `header.1=`, `body.name=`, `button.0=`, `1=`, `name=`; everything else is a value of the body, in its order. */
const KEYED = /^(?:(header|body|button)\.)?([a-z0-9_]+)=([^]*)$/;

/**
 * The content of a POST /v1/messages.
 * @throws CliFailure unless it is exactly one of text, template and data
 */
export function messageBody({ text, template, language, param = [], data, replyTo }: Said): JsonObject {
  const given = [text, template, data].filter((each) => each !== undefined);
  if (given.length !== 1) throw usage('Give exactly one of --text, --template and --data.');
  if (template === undefined && param.length > 0) throw usage('--param goes with --template.');
  const reply = replyTo === undefined ? {} : { replyTo };
  if (text !== undefined) return { ...reply, text: { body: text } };
  if (data !== undefined) return { ...reply, ...readObject(data, '--data') };
  if (language === undefined) throw usage('A template is sent in a language: give --language, such as en_US.');
  const parameters = templateParameters(param);
  return {
    ...reply,
    template: { name: template, language, ...(Object.keys(parameters).length > 0 && { parameters }) },
  };
}

/** The values of `--param`, sorted into the parts of a template. */
export function templateParameters(params: readonly string[]): JsonObject {
  const texts = { header: new Map<string, string>(), body: new Map<string, string>() };
  const buttons: { index: number; text: string }[] = [];
  for (const param of params) {
    const [, part = 'body', key = String(texts.body.size + 1), value = param] = KEYED.exec(param) ?? [];
    if (part === 'header' || part === 'body') texts[part].set(key, value);
    else buttons.push({ index: buttonIndex(key), text: value });
  }
  return {
    ...(texts.header.size > 0 && { header: textParameters(texts.header) }),
    ...(texts.body.size > 0 && { body: textParameters(texts.body) }),
    ...(buttons.length > 0 && { buttons }),
  };
}

/** A list for {{1}}, {{2}}, …; an object for named variables. */
function textParameters(values: ReadonlyMap<string, string>): string[] | Record<string, string> {
  const names = [...values.keys()];
  if (names.some((name) => !/^\d+$/.test(name))) return Object.fromEntries(values);
  const places = names.map(Number).sort((one, other) => one - other);
  if (places.some((place, at) => place !== at + 1))
    throw usage(`The places of --param must be 1, 2, … without a gap; given: ${places.join(', ')}.`);
  return places.map((place) => values.get(String(place)) ?? '');
}

function buttonIndex(key: string): number {
  if (/^\d$/.test(key)) return Number(key);
  throw usage(`A button is named by its place from 0, such as --param button.0=A-1042, not button.${key}.`);
}

function usage(message: string): CliFailure {
  return new CliFailure(EXIT.usage, message);
}
