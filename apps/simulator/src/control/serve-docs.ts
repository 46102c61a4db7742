import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const DESCRIPTION = `Plays Meta's part, the customers' part, and faults.

Refusals are \`application/problem+json\` with a \`code\`, and \`errors[].pointer\` for each wrong field. The Graph endpoints
themselves are Meta's: they start at the root of this host.`;

/** The OpenAPI document of the control API. */
export function controlDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Parley simulator')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .build();
  const document = SwaggerModule.createDocument(app, builder);
  const isControl = ([path]: [string, unknown]): boolean => path.startsWith('/control');
  return { ...document, paths: Object.fromEntries(Object.entries(document.paths).filter(isControl)) };
}

/** Serves the page at /docs and the document at /docs/openapi.json. It is made when the first reader comes. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => controlDocument(app), {
    customSiteTitle: 'Parley simulator',
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    swaggerOptions: { displayOperationId: true },
  });
}
