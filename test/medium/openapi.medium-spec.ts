import type { OpenAPIObject } from '@nestjs/swagger';
import { ERRORS } from '@parley/domain';
import { AssertAccessDeclared } from '../../apps/api/src/auth/assert-access-declared.js';
import { operationsOf } from '../../apps/api/src/docs/openapi.js';
import { TestApi } from '../support/api.js';

const DOCUMENTED_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Every route of Fastify's router, read from the tree that it prints. */
function routerOf(api: TestApi): string[] {
  const routes: string[] = [];
  const path: string[] = [];
  for (const line of api.app
    .getHttpAdapter()
    .getInstance()
    .printRoutes({ commonPrefix: false, includeHooks: false })
    .split('\n')) {
    const [, indent = '', segment = '', methods = ''] = /^([│ ]*)[├└]── (.*?) \((.*)\)$/.exec(line) ?? [];
    if (methods === '') continue;
    const depth = indent.length / 4;
    path.length = depth;
    path.push(segment);
    for (const method of methods.split(', ')) routes.push(`${method} ${path.join('')}`);
  }
  return routes;
}

describe('the OpenAPI document', () => {
  let api: TestApi;
  let document: OpenAPIObject;

  beforeAll(async () => {
    api = await TestApi.start();
    document = (await api.call('GET', '/docs/openapi.json')).body as unknown as OpenAPIObject;
  });

  afterAll(() => api.stop());

  const operations = () => Object.values(document.paths).flatMap(operationsOf);

  it('is of version 3.1', () => {
    expect(document.openapi).toBe('3.1.0');
  });

  it('names every route of the router, and no other', () => {
    const routed = routerOf(api).filter(
      (route) => DOCUMENTED_METHODS.includes(route.split(' ', 1)[0] ?? '') && !/ \/docs(\W|$)/.test(route),
    );
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(routed.length).toBeGreaterThan(20);
    expect(new Set(documented)).toEqual(new Set(routed));
  });

  it('gives each operation a name of its own, a summary and a tag', () => {
    const names = operations().map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const operation of operations()) {
      expect(operation).toMatchObject({
        operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/) as unknown,
        summary: expect.any(String) as unknown,
        tags: [expect.any(String)],
      });
    }
  });

  it('gives each operation its refusals as problem+json', () => {
    for (const { operationId, responses, requestBody, security } of operations()) {
      const statuses = Object.keys(responses);
      expect([operationId, statuses]).toEqual([operationId, expect.arrayContaining(['500', '503'])]);
      if (security?.length)
        expect([operationId, statuses]).toEqual([operationId, expect.arrayContaining(['401', '403', '429'])]);
      if (requestBody)
        expect([operationId, statuses]).toEqual([operationId, expect.arrayContaining(['400', '413', '415', '422'])]);
      const refusals = Object.entries(responses).filter(
        ([status]) => Number(status) >= 400 && operationId !== 'getHealth',
      );
      for (const [, refusal] of refusals)
        expect(Object.keys((refusal as { content: object }).content)).toEqual(['application/problem+json']);
    }
  });

  it('asks for credentials wherever the guard does, and nowhere else', () => {
    const declared = api.app.get(AssertAccessDeclared, { strict: false }).routes();
    expect(declared.filter(({ access }) => access === undefined)).toEqual([]);
    const open = declared.filter(({ access, name }) => access?.kind === 'public' && !name.startsWith('ErrorPages'));
    expect(operations().filter(({ security }) => !security?.length)).toHaveLength(open.length);
    for (const operation of operations().filter(({ security }) =>
      security?.some((scheme) => 'tenantCredential' in scheme),
    )) {
      expect(operation).toMatchObject({
        'x-required-scope': expect.stringMatching(/^[a-z][a-z-]*:(read|write)$/) as unknown,
      });
    }
  });

  it('shows by examples what its schemas hold', () => {
    const schemas = Object.entries(document.components?.schemas ?? {});
    const bare = schemas.filter(
      ([, schema]) => !/"examples?":/.test(JSON.stringify(schema)) && !/"\$ref":/.test(JSON.stringify(schema)),
    );
    expect(schemas.length).toBeGreaterThan(20);
    expect(bare.map(([name]) => name)).toEqual([]);
  });

  it('is shown as a page that needs nothing from elsewhere', async () => {
    const page = await api.call('GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/(src|href)="https?:/);
    const assets = [...page.text.matchAll(/(?:src|href)="\.\/(docs\/[^"]+)"/g)].map(([, path]) => `/${path}`);
    expect(assets.length).toBeGreaterThan(2);
    for (const asset of assets) expect([asset, (await api.call('GET', asset)).status]).toEqual([asset, 200]);
  });

  it('has a page for every error, where the type of its problem leads', async () => {
    for (const code of Object.keys(ERRORS)) {
      const page = await api.call('GET', `/docs/errors/${code}`);
      expect([code, page.status]).toEqual([code, 200]);
      expect(page.text).toContain(code);
    }
    expect((await api.call('GET', '/docs/errors/no.such')).status).toBe(404);
  });

  it('lets nobody in without credentials who is to have them', async () => {
    const open: string[] = [];
    for (const route of routerOf(api)) {
      const [method = '', url = ''] = route.split(' ');
      if (!url.startsWith('/v1/') || !DOCUMENTED_METHODS.includes(method)) continue;
      const answer = await api.call(
        method as 'GET',
        url.replaceAll(/:\w+/g, '0199a1b2-0000-7000-8000-00000000dead'),
        method === 'GET' || method === 'DELETE' ? {} : { body: {} },
      );
      if (answer.status !== 401 || answer.body['code'] !== 'auth.missing') open.push(route);
    }
    expect(open).toEqual([]);
  });
});
