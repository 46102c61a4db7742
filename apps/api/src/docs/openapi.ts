import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_CONTENT_TYPE, type Config } from '@parley/platform';
import { SECURITY_SCHEMES } from '../auth/index.js';
import { ProblemView } from './problem.dto.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Responses = Operation['responses'];

/** What of a schema is read here. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  examples?: readonly unknown[];
}

const DESCRIPTION = `Send WhatsApp messages, receive the answers, know what became of each.

Every refusal is \`application/problem+json\` with a stable \`code\`; every answer carries \`Request-Id\`.
Lists are pages of \`{data, hasMore, nextCursor}\`, newest first.`;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The OpenAPI 3.1 document of the application, made from its routes. */
export function openApiDocument(app: INestApplication, config: Pick<Config, 'PUBLIC_URL'>): OpenAPIObject {
  const { platform, tenant } = SECURITY_SCHEMES;
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Parley')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer(config.PUBLIC_URL)
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        description: 'An API key (`parley_live_…`), or a JWT of the configured issuer.',
      },
      tenant,
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: "The platform's key, PLATFORM_ADMIN_KEY." }, platform)
    .build();
  const document = SwaggerModule.createDocument(app, builder, { extraModels: [ProblemView] });
  for (const schema of Object.values(document.components?.schemas ?? {})) addExamples(schema as Schema);
  for (const item of Object.values(document.paths)) for (const operation of operationsOf(item)) addProblems(operation);
  return document;
}

/** The operations of a path. */
export function operationsOf(item: PathItem): Operation[] {
  return METHODS.flatMap((method) => item[method] ?? []);
}

const EXAMPLE_OF_FORMAT: Readonly<Record<string, string>> = {
  uuid: '0199a1b2-0000-7000-8000-000000000001',
  'date-time': '2026-11-21T09:00:00.000Z',
};

/** Ids, times and closed sets show themselves; only what is free text needs an example of its own. */
function addExamples({ properties = {} }: Schema): void {
  for (const field of Object.values(properties)) {
    const example = EXAMPLE_OF_FORMAT[field.format ?? ''] ?? field.enum?.[0];
    if (example !== undefined) field.examples ??= [example];
  }
}

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The body is not valid JSON, or a phone number is none.',
  401: 'Credentials are missing or not valid.',
  403: 'The credentials lack the scope.',
  404: 'There is nothing under this address, or it belongs to somebody else.',
  413: 'The body is too large.',
  415: 'The content type is not supported.',
  422: 'The request is not valid; `errors` points at the fields.',
  429: 'Too many requests, too much that waits already, or too many failed authentications; see Retry-After and RateLimit.',
  500: 'A fault of ours; report the requestId.',
  503: 'Try again after the time in Retry-After.',
};

/** What an operation can refuse follows from what it takes. What its controller documents itself stays as it is. */
function addProblems(operation: Operation): void {
  const isSecured = (operation.security?.length ?? 0) > 0;
  const parameters = operation.parameters ?? [];
  const hasPathParameter = parameters.some((parameter) => 'in' in parameter && parameter.in === 'path');
  const hasBody = operation.requestBody !== undefined;
  const statuses = [
    ...(hasBody ? [400, 413, 415] : []),
    ...(isSecured ? [401, 403, 429] : []),
    ...(hasPathParameter ? [404] : []),
    ...(hasBody || parameters.length > 0 ? [422] : []),
    500,
    503,
  ];
  const described = Object.fromEntries(statuses.map((status) => [status, problemResponse(PROBLEMS[status] ?? '')]));
  operation.responses = { ...described, ...asProblems(operation.responses) };
}

/** Refusals that controllers describe by status and text alone get the body that every refusal has. */
function asProblems(responses: Responses): Responses {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const isBare =
        Number(status) >= 400 && response !== undefined && 'description' in response && !('content' in response);
      return [status, isBare ? problemResponse(String(response.description)) : response];
    }),
  );
}

function problemResponse(description: string): NonNullable<Responses[string]> {
  return { description, content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: getSchemaPath(ProblemView) } } } };
}
