import type { INestApplication } from '@nestjs/common';
import { SwaggerModule } from '@nestjs/swagger';
import type { Config } from '@parley/platform';
import { openApiDocument } from './openapi.js';

/** Serves the page at /docs and the document at /docs/openapi.json. It is made when the first reader comes. */
export function serveDocs(app: INestApplication, config: Config): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app, config), {
    customSiteTitle: 'Parley API',
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    swaggerOptions: { persistAuthorization: true, displayOperationId: true },
  });
}
