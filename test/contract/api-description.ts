import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { HttpMethod, OpenApiDocument, OperationObject, Parameter, Response, Schema } from './openapi-document.js';

/** A request as it stood on the wire. Names of headers are in lower case. */
export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Operation extends Omit<OperationObject, 'parameters'> {
  readonly method: HttpMethod;
  readonly path: RegExp;
  /** Names of the path's variables, in order. */
  readonly variables: readonly string[];
  readonly parameters: readonly Parameter[];
}

const DOCUMENT = 'meta';
/** Describes how Graph refuses. */
const REFUSING_OPERATION = 'getPhoneNumberById';

/** An OpenAPI description, held against what really goes over the wire. A problem is a line; no problem is no line. */
export class ApiDescription {
  private readonly ajv: Ajv2020;
  private readonly operations: ReadonlyMap<string, Operation>;
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: OpenApiDocument) {
    this.ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, validateFormats: true });
    formats.default(this.ajv);
    this.ajv.addSchema(document, DOCUMENT);
    this.operations = new Map(this.readOperations());
  }

  /** The ids of the operations that a method and a path may mean: Graph has several below `/{an id}`. */
  operationsAt({ method, url }: Pick<WireRequest, 'method' | 'url'>): string[] {
    const { pathname } = new URL(url, 'http://graph');
    const found = [...this.operations].filter(
      ([, one]) => one.method === method.toLowerCase() && one.path.test(pathname),
    );
    return found.map(([id]) => id);
  }

  problemsOfRequest(operationId: string, request: WireRequest): string[] {
    const operation = this.operation(operationId);
    const { pathname, searchParams } = new URL(request.url, 'http://graph');
    const path = operation.path.exec(pathname);
    if (!this.operationsAt(request).includes(operationId) || !path) return [`path is not that of ${operationId}`];
    const query = Object.fromEntries(searchParams);
    const variables = Object.fromEntries(operation.variables.map((name, index) => [name, path[index + 1]]));
    return distinct([
      ...this.judgeParameters(operation, 'path', variables),
      ...this.judgeParameters(operation, 'query', query),
      ...this.judgeParameters(operation, 'header', request.headers),
      ...this.undescribedFields(operation, query['fields']),
      ...this.judgeBody(operation, request),
    ]);
  }

  problemsOfAnswer(operationId: string, status: number, body: unknown): string[] {
    const place = `answer ${status}`;
    const operation = this.operation(operationId);
    const content = this.answerSchema(operation, status) ?? this.sharedRefusal(operation, status);
    return content ? distinct(this.judge(content, body, place)) : [`${place} is not described`];
  }

  /** Some operations describe their success alone; they refuse as all others do, in one envelope. */
  private sharedRefusal({ responses }: Operation, status: number): Schema | undefined {
    const describesRefusals = Object.keys(responses).some((described) => Number(described) >= 400);
    return describesRefusals || status < 400 ? undefined : this.answerSchema(this.operation(REFUSING_OPERATION), 400);
  }

  private judgeBody({ requestBody }: Operation, { headers, body }: WireRequest): string[] {
    if (body === '') return requestBody?.required ? ['body is missing'] : [];
    const type = String(headers['content-type']).split(';')[0]!;
    const schema = requestBody?.content[type]?.schema;
    if (!schema) return [`body of type ${type} is not described`];
    return this.judge(schema, type === 'multipart/form-data' ? partsOf(body) : JSON.parse(body), 'body');
  }

  private judgeParameters(
    { parameters }: Operation,
    place: Parameter['in'],
    given: Readonly<Record<string, unknown>>,
  ): string[] {
    const described = parameters.filter((parameter) => parameter.in === place);
    const nameOf = ({ name }: Parameter): string => (place === 'header' ? name.toLowerCase() : name);
    const schema: Schema = {
      properties: Object.fromEntries(described.map((one) => [nameOf(one), one.schema])),
      required: described.filter(({ required }) => required).map(nameOf),
      // Headers beyond the described ones are HTTP's own.
      additionalProperties: place === 'header',
    };
    return this.judge(schema, asTyped(given, schema), place);
  }

  /** Graph refuses a field that it does not know, so that those asked for have to be members of the answer. */
  private undescribedFields(operation: Operation, fields: string | undefined): string[] {
    const answer = this.resolve(this.answerSchema(operation, 200) ?? {});
    const list = answer.properties?.['data'];
    const node = list ? this.resolve(this.resolve(list).items ?? {}) : answer;
    const asked = fields?.split(',') ?? [];
    return asked
      .filter((field) => !node.properties?.[field])
      .map((field) => `query /fields names ${field}, which no answer describes`);
  }

  private answerSchema({ responses }: Operation, status: number): Schema | undefined {
    const response = responses[status] && (this.resolve(responses[status]) as Response);
    return response?.content?.['application/json']?.schema;
  }

  private judge(schema: Schema, value: unknown, place: string): string[] {
    const key = JSON.stringify(schema);
    const validate = this.compiled.get(key) ?? this.ajv.compile(absolute(schema) as Schema);
    this.compiled.set(key, validate);
    return validate(value)
      ? []
      : (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if').map((error) => lineOf(error, place));
  }

  private operation(id: string): Operation {
    const operation = this.operations.get(id);
    if (!operation) throw new Error(`The description has no operation ${id}`);
    return operation;
  }

  private *readOperations(): Generator<[string, Operation]> {
    for (const [template, item] of Object.entries(this.document.paths)) {
      for (const method of ['get', 'post', 'delete'] as const) {
        const described = item[method];
        if (!described) continue;
        const parameters = [...(item.parameters ?? []), ...(described.parameters ?? [])].map(
          (one) => this.resolve(one) as unknown as Parameter,
        );
        // One that the operation repeats stands for the path's own.
        const named = new Map(parameters.map((one) => [`${one.in} ${one.name}`, one]));
        yield [described.operationId, { ...described, method, ...pathOf(template), parameters: [...named.values()] }];
      }
    }
  }

  private resolve(node: object): Schema {
    if (!('$ref' in node)) return node as Schema;
    const steps = String(node.$ref).slice(2).split('/');
    return steps.reduce(
      (parent, step) => parent[step] as Record<string, unknown>,
      this.document as unknown as Record<string, unknown>,
    );
  }
}

/** Matches a version where the template has one, an id of Graph (digits) at every other variable. */
function pathOf(template: string): Pick<Operation, 'path' | 'variables'> {
  const variables = Array.from(template.matchAll(/\{([^}]+)\}/g), ([, name]) => name!);
  const pattern = template.replaceAll(/\{([^}]+)\}/g, (_, name) =>
    name === 'Version' ? '(v[^/]+)' : String.raw`(\d+)`,
  );
  return { path: new RegExp(`^${pattern}$`), variables };
}

/** The fields of a form; of a file only that it is there. */
function partsOf(body: string): Record<string, string> {
  const parts = body.matchAll(/Content-Disposition: form-data; name="([^"]+)"[^]*?\r\n\r\n([^]*?)\r\n--/g);
  return Object.fromEntries(Array.from(parts, ([, name, value]) => [name!, value!]));
}

/** Parameters come as text: those that are described as whole numbers are read as such. */
function asTyped(values: Readonly<Record<string, unknown>>, { properties = {} }: Schema): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]) => {
    const isNumber = properties[name]?.['type'] === 'integer' && value !== '' && Number.isFinite(Number(value));
    return [name, isNumber ? Number(value) : value] as const;
  });
  return Object.fromEntries(entries);
}

/** The schema with its references leading into the document. */
function absolute(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(absolute);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]: [string, unknown]) => [
    key,
    key === '$ref' && typeof value === 'string' ? `${DOCUMENT}${value}` : absolute(value),
  ]);
  return Object.fromEntries(entries);
}

function lineOf(error: ErrorObject, place: string): string {
  const at = `${place} ${error.instancePath.replaceAll(/\/\d+/g, '/*')}`.trimEnd();
  const { missingProperty, additionalProperty, unevaluatedProperty } = error.params as Record<
    string,
    string | undefined
  >;
  const unknown = additionalProperty ?? unevaluatedProperty;
  if (missingProperty !== undefined) return `${at} lacks ${missingProperty}`;
  if (unknown !== undefined) return `${at} has ${unknown}, which is not described`;
  if (error.keyword === 'enum') return `${at} is ${JSON.stringify(error.data)}, which is no described value`;
  if (error.keyword === 'pattern') return `${at} is ${JSON.stringify(error.data)}, which has not the described form`;
  return `${at} ${error.message}`;
}

function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}
