import { readNamedTemplates, readNotificationTenant, readOwnNumbers, type SystemDb } from '@parley/data';
import {
  checkTemplateParameters,
  expressionsOf,
  isJsonObject,
  mappingPointer,
  normalizeLanguage,
  type FieldError,
  type JsonValue,
  type NotificationMapping,
  type NotificationsSettings,
  type TenantId,
} from '@parley/domain';
import { definitionOf } from '../template-definitions.js';
import type { Expressions } from './expressions.js';

/** What only a parser and the database can say of mappings. Pointers begin at the section. */
export interface MappingFindings {
  /** What can never become a message. */
  readonly errors: FieldError[];
  /** What cannot yet: the template is missing, or Meta has not approved it. */
  readonly warnings: FieldError[];
}

/** Holds the mappings of a tenant against its templates and numbers, before they are saved and after. */
export class CheckMappings {
  constructor(
    private readonly db: SystemDb,
    private readonly expressions: Expressions,
  ) {}

  /** Only for a section that has passed its own check. */
  async check(tenantId: TenantId, settings: NotificationsSettings): Promise<MappingFindings> {
    const findings: MappingFindings = { errors: [], warnings: [] };
    const mappings = Object.entries(settings.types);
    for (const [type, mapping] of mappings) findings.errors.push(...this.expressionFaults(mapping, mappingPointer(type)));
    findings.errors.push(...(await this.numberFaults(tenantId, settings)));
    if (findings.errors.length > 0) return findings;
    const only = (await readNotificationTenant(this.db, tenantId))?.onlyNumberId ?? null;
    for (const [type, mapping] of mappings) await this.holdAgainstTemplates(tenantId, mapping.numberId ?? settings.numberId ?? only, mapping, mappingPointer(type), findings);
    return findings;
  }

  private expressionFaults({ parameters, condition, validUntil }: NotificationMapping, at: string): FieldError[] {
    const { expressions } = this;
    const faults = [
      ...expressionsOf(parameters, `${at}/parameters`).map(({ pointer, text }) => ({ pointer, detail: expressions.faultOf(text) })),
      { pointer: `${at}/condition`, detail: condition ? expressions.faultOfCondition(condition) : null },
      { pointer: `${at}/validUntil`, detail: validUntil ? expressions.faultOf(validUntil) : null },
    ];
    return faults.flatMap(({ pointer, detail }) => (detail === null ? [] : [{ pointer, code: 'expression.invalid', detail }]));
  }

  private async numberFaults(tenantId: TenantId, settings: NotificationsSettings): Promise<FieldError[]> {
    const named = [
      { pointer: '/numberId', id: settings.numberId },
      ...Object.entries(settings.types).map(([type, { numberId }]) => ({ pointer: `${mappingPointer(type)}/numberId`, id: numberId ?? null })),
    ].flatMap(({ pointer, id }) => (id === null ? [] : [{ pointer, id: id.toLowerCase() }]));
    if (named.length === 0) return [];
    const own = await readOwnNumbers(this.db, tenantId, named.map(({ id }) => id));
    return named.filter(({ id }) => !own.has(id)).map(({ pointer }) => ({ pointer, code: 'number.not-found', detail: 'No such number is connected.' }));
  }

  private async holdAgainstTemplates(tenantId: TenantId, numberId: string | null, mapping: NotificationMapping, at: string, { errors, warnings }: MappingFindings): Promise<void> {
    const warn = (detail: string, pointer = `${at}/template`): void => void warnings.push({ pointer, code: 'template.not-approved', detail });
    if (numberId === null) return warn('Several numbers could send it, or none: name one by numberId.', `${at}/numberId`);
    const templates = (await readNamedTemplates(this.db, tenantId, numberId, mapping.template)).map(definitionOf);
    const wanted = new Set(mapping.languages.map(normalizeLanguage));
    for (const language of wanted) {
      const template = templates.find((one) => one.language === language);
      const name = `${mapping.template} (${language})`;
      if (!template) warn(`The account of the number has no template ${name}.`);
      else {
        if (template.status !== 'APPROVED') warn(`The template ${name} is ${template.status}.`);
        errors.push(...checkTemplateParameters(template, withoutExpressions(mapping.parameters ?? {})).map((fault) => ({ ...fault, pointer: pointerIn(at, fault.pointer), detail: `${name}: ${fault.detail}` })));
      }
    }
  }
}

/** `/template/parameters/body/0` of a message → the same place of a mapping. */
const pointerIn = (at: string, pointer: string): string => `${at}${pointer.replace(/^\/template/, '').replace(/^\/name$/, '/template')}`;

/** The parameters with something short in the place of each expression: their number and names can be checked, their length cannot. */
function withoutExpressions(value: JsonValue | undefined, name = ''): JsonValue {
  if (typeof value === 'string') return name === 'link' ? 'https://example.com/x' : 'x';
  if (Array.isArray(value)) return value.map((one) => withoutExpressions(one));
  if (!isJsonObject(value)) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutExpressions(one, key)]));
}
