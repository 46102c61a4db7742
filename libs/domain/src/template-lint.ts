import { type FieldError, DomainError } from './domain-error.js';
import { type JsonObject, textOf } from './json.js';
import { normalizeLanguage, TEMPLATE_CATEGORIES } from './template.js';
import { lintButtons } from './template-lint-buttons.js';
import { lintBody, lintFooter, lintHeader, lintOffer } from './template-lint-components.js';
import { lintAuthentication, lintCarousel } from './template-lint-forms.js';
import { finding, type LintFinding, type LintSubject } from './template-lint-rules.js';
import { isComponentList } from './template-lint-text.js';

const NAME = /^[a-z0-9_]{1,512}$/;
const LANGUAGE = /^[a-z]{2,3}(_[A-Z]{2,3})?$/;
const UNENDING_TTL = -1;

/** Seconds for which a message of each category may be tried. */
const TTL_SECONDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  AUTHENTICATION: [30, 900],
  UTILITY: [30, 43_200],
  MARKETING: [43_200, 2_592_000],
};

type PartRules = (component: JsonObject, subject: LintSubject, pointer: string) => LintFinding[];

const PARTS: Readonly<Record<string, PartRules>> = {
  HEADER: lintHeader,
  BODY: lintBody,
  FOOTER: lintFooter,
  BUTTONS: lintButtons,
  CAROUSEL: lintCarousel,
  LIMITED_TIME_OFFER: lintOffer,
};

/**
 * Everything in a template that breaks one of Meta's rules (`LINT_RULES`), in the order of the template. Pointers lead
 * into the subject: `/name`, `/components/0/text`.
 */
export function lintTemplate(subject: LintSubject): LintFinding[] {
  return [...lintFacts(subject), ...lintComponents(subject)];
}

/** Whether Meta would refuse it: one finding is an error. */
export function breaksRules(findings: readonly LintFinding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** The refusal of a template, with each error at its place. @param findings of `lintTemplate` */
export function lintRefusal(findings: readonly LintFinding[]): DomainError {
  const errors = findings.filter(({ severity }) => severity === 'error').map(asFieldError);
  return new DomainError('template.invalid', errors.map(({ detail }) => detail).join(' '), { errors });
}

function asFieldError({ pointer, rule, detail, metaRule, fix }: LintFinding): FieldError {
  return { pointer, code: rule, detail: `${detail} Meta: ${metaRule} ${fix}` };
}

function lintFacts({ name, language, category, ttlSeconds }: LintSubject): LintFinding[] {
  const known = TEMPLATE_CATEGORIES.some((one) => one === category);
  return [
    ...(NAME.test(name) ? [] : [finding('name.invalid', '/name', 'The name is not one that Meta takes.')]),
    ...(LANGUAGE.test(normalizeLanguage(language)) ? [] : [finding('language.invalid', '/language', 'This is no code of a language.')]),
    ...(known ? [] : [finding('category.unknown', '/category', 'There is no such category.')]),
    ...(known && ttlSeconds !== null ? lintTtl(category, ttlSeconds) : []),
  ];
}

function lintTtl(category: string, ttlSeconds: number): LintFinding[] {
  const [least, most] = TTL_SECONDS[category] ?? [0, 0];
  const isUnending = ttlSeconds === UNENDING_TTL && category !== 'MARKETING';
  const isWithin = Number.isInteger(ttlSeconds) && ttlSeconds >= least && ttlSeconds <= most;
  return isUnending || isWithin ? [] : [finding('ttl.out-of-range', '/ttlSeconds', `${ttlSeconds} s are out of the range of the category.`)];
}

function lintComponents(subject: LintSubject): LintFinding[] {
  const { components, category } = subject;
  const root = '/components';
  if (!isComponentList(components)) return [finding('component.malformed', root, 'Something in the list has no type.')];
  const types = components.map(({ type }) => type.toUpperCase());
  const findings = [
    ...(types.includes('BODY') ? [] : [finding('body.missing', root, 'There is no BODY.')]),
    ...types.flatMap((type, place) =>
      types.indexOf(type) === place ? [] : [finding('component.duplicate', `${root}/${place}`, `There is another ${type}.`)],
    ),
  ];
  if (category === 'AUTHENTICATION') return [...findings, ...lintAuthentication(components, subject, root)];
  return [
    ...findings,
    ...components.flatMap((component, place) => {
      const type = textOf(component.type)?.toUpperCase() ?? '';
      const rules = Object.hasOwn(PARTS, type) ? PARTS[type] : undefined;
      const at = `${root}/${place}`;
      return rules ? rules(component, subject, at) : [finding('component.unknown', `${at}/type`, 'There is no such component.')];
    }),
  ];
}
