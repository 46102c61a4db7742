import { FormatFault, LONGEST_EXPRESSION, pointerToken, type FormatContext, type JsonObject } from '@parley/domain';
import { Liquid, type Template } from 'liquidjs';
import { FORMAT, furnish } from './liquid-filters.js';

/** Why an expression gave nothing. */
export interface ExpressionFault {
  /** `/data/order/total` where one member of the data is at fault; null where it is the expression. */
  readonly pointer: string | null;
  readonly code: 'data.missing' | 'data.invalid' | 'expression.invalid' | 'expression.too-much';
  /** For the tenant; never quotes the data. */
  readonly detail: string;
}

export type Expressed = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly fault: ExpressionFault };

/** For one message with all of its expressions together: nobody waits longer for somebody else's. */
const RENDER_MS = 100;
/** Characters and list items that one expression may make. */
const MOST_MADE = 50_000;
/** Meta: no parameter is longer than a whole body. */
const LONGEST_TEXT = 4_096;
const MOST_COMPILED = 1_000;
/** Liquid reads what it can of a condition and forgets the rest, so half of one would hold always or never. */
const VALUE = String.raw`(?:"[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|[A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])*)`;
const COMPARISON = String.raw`(?:not\s+)?${VALUE}(?:\s*(?:==|!=|>=|<=|>|<|\bcontains\b)\s*${VALUE})?`;
const CONDITION_FORM = new RegExp(String.raw`^\s*${COMPARISON}(?:\s+(?:and|or)\s+${COMPARISON})*\s*$`);
const NO_CONDITION = 'A condition compares values, such as order.total > 0 and order.status == "paid".';
const LOOP_TAGS = /\{%-?\s*(for|endfor)\b/g;
/** The first use of each format loads what the languages need, which takes longer than all that follow. */
const EVERY_FORMAT = '{{ 1 | money }}{{ 1 | number }}{{ 1 | plural: "x" }}{{ "2026-01-01T00:00:00Z" | datetime }}{{ "a,b" | split: "," | list }}{{ "+40723000111" | phone }}';
const WARM_UP_MS = 5_000;
const CONDITION = ['{% if ', ' %}yes{% endif %}'] as const;

/** The time that is left for the expressions of one message. */
export class RenderBudget {
  private readonly endMs: number;

  constructor(ms = RENDER_MS) {
    this.endMs = performance.now() + ms;
  }

  get leftMs(): number {
    return this.endMs - performance.now();
  }
}

export interface Surroundings {
  /** What expressions can name. */
  readonly scope: JsonObject;
  readonly format: FormatContext;
  readonly budget: RenderBudget;
}

/**
 * Expressions in Liquid, which tenants write and we evaluate: without files, with few tags and filters, within limits of
 * length, time and memory. A member that is missing is a fault, unless `default` or a condition expects it.
 */
export class Expressions {
  private readonly engine: Liquid;
  /** By text; the one that was not used for longest goes first. */
  private readonly compiled = new Map<string, Template[]>();

  constructor() {
    this.engine = new Liquid({
      ownPropertyOnly: true,
      strictFilters: true,
      strictVariables: true,
      lenientIf: true,
      // Nothing is read from disk: no tag that could is left, and what has none finds none.
      templates: {},
      relativeReference: false,
      dynamicPartials: false,
      parseLimit: LONGEST_EXPRESSION + CONDITION.join('').length,
      renderLimit: RENDER_MS,
      memoryLimit: MOST_MADE,
      outputEscape: writable,
    });
    furnish(this.engine);
    for (const locale of ['ro', 'en']) {
      const format = { locale, timeZone: 'Europe/Bucharest', currency: 'RON' };
      this.render(EVERY_FORMAT, { scope: {}, format, budget: new RenderBudget(WARM_UP_MS) });
    }
  }

  /** What is wrong with an expression as such; null where it can be used. */
  faultOf(text: string): string | null {
    return this.compile(text).fault;
  }

  /** The same of a condition. */
  faultOfCondition(condition: string): string | null {
    return CONDITION_FORM.test(condition) ? this.faultOf(CONDITION.join(condition)) : NO_CONDITION;
  }

  /** What an expression comes to, as it stands. */
  render(text: string, { scope, format, budget }: Surroundings): Expressed {
    const { template, fault } = this.compile(text);
    if (!template) return broken(fault);
    const leftMs = budget.leftMs;
    if (leftMs <= 0) return tooMuch();
    try {
      const globals = { [FORMAT]: format };
      const written: unknown = this.engine.renderSync(template, scope, { globals, renderLimit: leftMs, memoryLimit: MOST_MADE });
      return typeof written === 'string' && written.length <= LONGEST_TEXT ? { ok: true, text: written } : tooMuch();
    } catch (error) {
      return { ok: false, fault: this.faultOfRendering(error, template, scope) };
    }
  }

  /** Whether a condition holds. */
  holds(condition: string, surroundings: Surroundings): { ok: true; holds: boolean } | { ok: false; fault: ExpressionFault } {
    if (!CONDITION_FORM.test(condition)) return { ok: false, fault: broken(NO_CONDITION).fault };
    const expressed = this.render(CONDITION.join(condition), surroundings);
    return expressed.ok ? { ok: true, holds: expressed.text === 'yes' } : expressed;
  }

  /** The pointer of the one member of the data that an expression names; null where there are several, or none. */
  onlyMember(text: string): string | null {
    const { template } = this.compile(text);
    return template && this.memberOf(template);
  }

  private compile(text: string): { template: Template[]; fault: null } | { template: null; fault: string } {
    const known = this.compiled.get(text);
    if (known) {
      this.compiled.delete(text);
      this.compiled.set(text, known);
      return { template: known, fault: null };
    }
    if (hasNestedLoops(text)) return { template: null, fault: 'This is no valid expression: a loop inside a loop is not possible.' };
    try {
      const template = this.engine.parse(text);
      if (this.compiled.size >= MOST_COMPILED) this.compiled.delete(this.compiled.keys().next().value!);
      this.compiled.set(text, template);
      return { template, fault: null };
    } catch (error) {
      return { template: null, fault: `This is no valid expression: ${messageOf(error)}.` };
    }
  }

  private faultOfRendering(error: unknown, template: Template[], scope: JsonObject): ExpressionFault {
    const cause: unknown = (error as { originalError?: unknown }).originalError ?? error;
    const { variableName: missing } = cause as { variableName?: unknown };
    if (typeof missing === 'string') return this.missing(missing, template, scope);
    if (cause instanceof FormatFault) return { pointer: this.memberOf(template), code: 'data.invalid', detail: cause.message };
    // Liquid's own limits, and the engine's below it.
    if (/limit exceeded/.test(messageOf(cause)) || cause instanceof RangeError) return tooMuch().fault;
    return { pointer: this.memberOf(template), code: 'data.invalid', detail: 'The expression does not work on this value.' };
  }

  /** Of `order.total` Liquid names `order` where all of that is missing; the tenant needs the whole place. */
  private missing(name: string, template: Template[], scope: JsonObject): ExpressionFault {
    const names = name.split('.');
    const places = this.engine.globalVariableSegmentsSync(template, { partials: false }).filter(isPlain);
    const place = places.find((one) => names.every((part, at) => String(one[at]) === part)) ?? (Object.hasOwn(scope, names[0]!) ? names : null);
    return { pointer: place && pointerOf(place), code: 'data.missing', detail: `${(place ?? names).join('.')} is missing.` };
  }

  private memberOf(template: Template[]): string | null {
    const [only, another] = this.engine.globalVariableSegmentsSync(template, { partials: false });
    return only && !another && isPlain(only) ? pointerOf(only) : null;
  }
}

/** A place without a variable in it, such as `order[key]`. */
const isPlain = (place: readonly unknown[]): place is (string | number)[] => place.every((part) => typeof part === 'string' || typeof part === 'number');

const pointerOf = (names: readonly (string | number)[]): string => `/data${names.map((name) => `/${pointerToken(name)}`).join('')}`;

function broken(detail: string): { ok: false; fault: ExpressionFault } {
  return { ok: false, fault: { pointer: null, code: 'expression.invalid', detail } };
}

function tooMuch(): { ok: false; fault: ExpressionFault } {
  return { ok: false, fault: { pointer: null, code: 'expression.too-much', detail: 'The expression takes too long, or makes too much text.' } };
}

/** Of lists within lists nobody makes one line of text, and their work grows with the product of their lengths. */
function hasNestedLoops(text: string): boolean {
  let depth = 0;
  for (const [, tag] of text.matchAll(LOOP_TAGS)) {
    depth += tag === 'for' ? 1 : -1;
    if (depth > 1) return true;
  }
  return false;
}

/** What an expression ends in is written as it is; of lists and objects nobody would want to read that. */
function writable(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') throw new FormatFault('This is not one value: name a member of it, or write a list with list.');
  return String(value);
}

/** The first line of what Liquid says, which speaks of the expression only. */
function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
}
