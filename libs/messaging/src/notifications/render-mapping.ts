import {
  FormatFault,
  formatText,
  instantOf,
  isJsonObject,
  pointerToken,
  type FieldError,
  type FormatContext,
  type JsonObject,
  type JsonValue,
  type NotificationMapping,
} from '@parley/domain';
import { RenderBudget, type ExpressionFault, type Expressions } from './expressions.js';

/** What a mapping made of an event. With faults it is as far as it came, for a preview. */
export interface RenderedMapping {
  /** False: the condition of the mapping does not hold, so nothing is to be sent. */
  readonly isWanted: boolean;
  readonly parameters: JsonObject;
  readonly validUntil: Date | null;
  /** Pointers begin at the request: `/data/…`, or `/type` where it is the mapping that is at fault. */
  readonly faults: readonly FieldError[];
}

/** Evaluates the expressions of a mapping, all within one budget of time. */
export function renderMapping(expressions: Expressions, mapping: NotificationMapping, scope: JsonObject, format: FormatContext): RenderedMapping {
  const rendered = new MappingRenderer(expressions, scope, format).render(mapping);
  // A pause of this process is no fault of the expressions: who takes too long does so again.
  const ranOut = rendered.faults.some(({ code }) => code === 'expression.too-much');
  return ranOut ? new MappingRenderer(expressions, scope, format).render(mapping) : rendered;
}

class MappingRenderer {
  private readonly faults: FieldError[] = [];
  private readonly budget = new RenderBudget();

  constructor(
    private readonly expressions: Expressions,
    private readonly scope: JsonObject,
    private readonly format: FormatContext,
  ) {}

  render({ parameters, condition, validUntil, requires }: NotificationMapping): RenderedMapping {
    this.requireMembers(requires ?? []);
    const isWanted = this.holds(condition ?? null);
    return {
      isWanted,
      parameters: isWanted ? (this.value(parameters ?? {}, '') as JsonObject) : {},
      validUntil: isWanted && validUntil ? this.instant(validUntil) : null,
      faults: this.faults,
    };
  }

  private requireMembers(pointers: readonly string[]): void {
    for (const pointer of pointers) {
      const names = pointer.split('/').slice(1);
      const value = names.reduce<unknown>((owner, name) => (isJsonObject(owner) && Object.hasOwn(owner, name) ? owner[name] : undefined), this.scope);
      if (value === undefined || value === null) this.faults.push({ pointer: `/data${pointer}`, code: 'field.missing', detail: `${names.join('.')} is needed here.` });
    }
  }

  private holds(condition: string | null): boolean {
    if (condition === null) return true;
    const { scope, format, budget } = this;
    const answer = this.expressions.holds(condition, { scope, format, budget });
    if (!answer.ok) this.note(answer.fault, 'The condition');
    return !answer.ok || answer.holds;
  }

  /** The same value with each of its texts evaluated. */
  private value(value: JsonValue | undefined, at: string): JsonValue {
    if (typeof value === 'string') return this.parameter(value, at);
    if (Array.isArray(value)) return value.map((one, place) => this.value(one, `${at}/${place}`));
    if (!isJsonObject(value)) return value ?? null;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.value(one, `${at}/${pointerToken(name)}`)]));
  }

  private parameter(expression: string, at: string): string {
    const { scope, format, budget } = this;
    const expressed = this.expressions.render(expression, { scope, format, budget });
    const what = `Parameter ${at.slice(1)}`;
    if (!expressed.ok) return this.note(expressed.fault, what);
    const text = formatText(expressed.text, format);
    if (text !== '') return text;
    return this.note({ pointer: this.expressions.onlyMember(expression), code: 'data.missing', detail: 'The value is empty, and WhatsApp takes no empty parameter.' }, what);
  }

  private instant(expression: string): Date | null {
    const { scope, format, budget } = this;
    const expressed = this.expressions.render(expression, { scope, format, budget });
    try {
      if (expressed.ok) return instantOf(expressed.text.trim(), format.timeZone);
      this.note(expressed.fault, 'validUntil');
    } catch (error) {
      if (!(error instanceof FormatFault)) throw error;
      this.note({ pointer: this.expressions.onlyMember(expression), code: 'data.invalid', detail: error.message }, 'validUntil');
    }
    return null;
  }

  /** @returns nothing, in the place of the text that is missing */
  private note({ pointer, code, detail }: ExpressionFault, what: string): '' {
    this.faults.push({ pointer: pointer ?? '/type', code, detail: `${what}: ${detail}` });
    return '';
  }
}
