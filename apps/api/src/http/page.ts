import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { DomainError } from '@parley/domain';
import { Type as Convert } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Optional } from './optional.js';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** The query of every list. Lists with filters extend it. */
export class PageQuery {
  @ApiPropertyOptional({
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    description: 'How many rows at most.',
  })
  @Optional()
  @Convert(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  limit: number = DEFAULT_LIMIT;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before; without it the list begins.' })
  @Optional()
  @IsString()
  @MaxLength(64)
  cursor?: string;
}

/** One page of a list, newest first. */
export interface Page<T> {
  readonly data: T[];
  readonly hasMore: boolean;
  /** For the next call; null on the last page. */
  readonly nextCursor: string | null;
}

/** What a repository needs for one page: rows with `id < before`, by id descending, `take` of them. */
export interface PageWindow {
  /** One more than the limit, which tells whether there is a next page. */
  readonly take: number;
  readonly before: string | undefined;
}

/** @throws request.invalid for a cursor that is none of ours. */
export function windowOf({ limit, cursor }: Pick<PageQuery, 'limit' | 'cursor'>): PageWindow {
  return { take: limit + 1, before: cursor === undefined ? undefined : idOfCursor(cursor) };
}

/** The same for Prisma: spread it into `findMany`, and put `where` beside the conditions of your own. */
export function prismaWindow(query: Pick<PageQuery, 'limit' | 'cursor'>) {
  const { take, before } = windowOf(query);
  return { take, orderBy: { id: 'desc' as const }, where: before === undefined ? {} : { id: { lt: before } } };
}

/** Makes the page of what `windowOf(query).take` rows brought. */
export function pageOf<Row extends { readonly id: string }, T>(
  rows: readonly Row[],
  { limit }: Pick<PageQuery, 'limit'>,
  view: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return { data: shown.map(view), hasMore, nextCursor: hasMore && last ? cursorOf(last.id) : null };
}

/** Documents a 200 with a page of the model. */
export function ApiPage(model: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(model),
    ApiOkResponse({
      description: 'One page, newest first.',
      schema: {
        type: 'object',
        required: ['data', 'hasMore', 'nextCursor'],
        properties: {
          data: { type: 'array', items: { $ref: getSchemaPath(model) } },
          hasMore: { type: 'boolean', examples: [false] },
          nextCursor: { type: ['string', 'null'] as unknown as 'string', examples: [null] },
        },
      },
    }),
  );
}

/** The 16 bytes of the id, so that nobody is tempted to read or to build one. */
export function cursorOf(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

function idOfCursor(cursor: string): string {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== 16 || bytes.toString('base64url') !== cursor) {
    const detail = 'cursor must be the nextCursor of a page of this list';
    throw new DomainError('request.invalid', detail, {
      errors: [{ pointer: '/cursor', code: 'field.invalid', detail }],
    });
  }
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
