import type { FastifyRequest } from 'fastify';
import { GraphError } from './graph-error.js';
import { pageOf } from './paging.js';

const items = Array.from({ length: 7 }, (_, id) => ({ id: String(id) }));
const ask = (query: Record<string, string>) =>
  pageOf(items, {
    query,
    headers: { authorization: 'Bearer T' },
    protocol: 'http',
    host: 'sim:4000',
    originalUrl: '/v25.0/1/message_templates',
  } as unknown as FastifyRequest);

describe('pageOf', () => {
  it('leads through all items by `next`, which the last page does not have', () => {
    const seen: unknown[] = [];
    let query: Record<string, string> | undefined = { limit: '3' };
    while (query) {
      const page = ask(query);
      seen.push(...page.data.map(({ id }) => id));
      const next: string | undefined = page.paging?.next;
      query = next === undefined ? undefined : { limit: '3', ...Object.fromEntries(new URL(next).searchParams) };
    }
    expect(seen).toEqual(items.map(({ id }) => id));
  });

  it('writes the token into `next`, as Graph does', () => {
    expect(ask({ limit: '3' }).paging?.next).toContain('access_token=T');
  });

  it('goes back by `before`', () => {
    const second = ask({ limit: '3', after: ask({ limit: '3' }).paging?.cursors.after ?? '' });
    expect(ask({ limit: '3', before: second.paging?.cursors.before ?? '' }).data).toEqual(items.slice(0, 3));
  });

  it('refuses a cursor of its own making with 131059', () => {
    expect(() => ask({ after: 'bm9wZQ' })).toThrow(GraphError);
    expect(() => ask({ after: 'bm9wZQ' })).toThrow(/131059/);
  });
});
