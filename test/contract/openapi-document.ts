import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A JSON Schema of OpenAPI 3.1, as far as it is looked into. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly discriminator?: { readonly propertyName: string; readonly mapping?: Readonly<Record<string, string>> };
  readonly [keyword: string]: unknown;
}

interface Reference {
  readonly $ref: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

type Content = Readonly<
  Record<
    string,
    { readonly schema?: Schema; readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }
  >
>;

export interface Response {
  readonly content?: Content;
}

export interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Reference | Response>>;
}

export type HttpMethod = 'get' | 'post' | 'delete';

export type PathItem = Readonly<Partial<Record<HttpMethod, OperationObject>>> & {
  readonly parameters?: readonly (Parameter | Reference)[];
};

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly [kind: string]: unknown };
}

export function readDocument(file: string): OpenApiDocument {
  return parse(readFileSync(file, 'utf8')) as OpenApiDocument;
}

/**
 * The same description, said in JSON Schema's own words where OpenAPI means more than JSON Schema reads, or where the
 * words contradict what is meant:
 * - a discriminator chooses the one schema that counts (JSON Schema knows no discriminators);
 * - `additionalProperties: false` in a part of an `allOf` closes the whole. Taken by the letter it forbids what the other
 *   parts demand, and no text message could be sent.
 */
export function asMeant(document: OpenApiDocument): OpenApiDocument {
  const schemas: Record<string, Schema> = {};
  for (const [name, schema] of Object.entries(document.components.schemas)) schemas[name] = closedAsWhole(schema);
  for (const [name, schema] of Object.entries(schemas)) if (schema.discriminator?.mapping) dispatch(schemas, name);
  return { ...document, components: { ...document.components, schemas } };
}

function closedAsWhole(schema: Schema): Schema {
  if (!schema.allOf?.some(({ additionalProperties }) => additionalProperties === false)) return schema;
  const allOf = schema.allOf.map(({ additionalProperties, ...part }) =>
    additionalProperties === undefined || additionalProperties === false ? part : { ...part, additionalProperties },
  );
  return { ...schema, allOf, unevaluatedProperties: false };
}

/** Puts the choice into the schema itself; the schemas that build upon it refer to what it was without the choice. */
function dispatch(schemas: Record<string, Schema>, name: string): void {
  const { discriminator, oneOf: _chosenOnes, ...base } = schemas[name]!;
  const { propertyName, mapping = {} } = discriminator!;
  const [self, plain] = [reference(name), reference(`${name}.plain`)];
  schemas[`${name}.plain`] = base;
  schemas[name] = {
    allOf: [
      { $ref: plain, required: [propertyName], properties: { [propertyName]: { enum: Object.keys(mapping) } } },
      ...Object.entries(mapping).map(([value, $ref]) => ({
        if: { required: [propertyName], properties: { [propertyName]: { const: value } } },
        then: { $ref },
      })),
    ],
  };
  for (const $ref of Object.values(mapping)) {
    const kind = $ref.slice(reference('').length);
    const { allOf, ...rest } = schemas[kind]!;
    if (allOf)
      schemas[kind] = { ...rest, allOf: allOf.map((part) => (part.$ref === self ? { ...part, $ref: plain } : part)) };
  }
}

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}
