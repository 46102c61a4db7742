import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { Page } from '../http/page.js';
import { MessageView } from '../messages/message.view.js';

/** One page of what was found, or of a list that can be searched. */
export interface SearchPage<T> extends Page<T> {
  /** Everything since then was looked through; null: everything there is. */
  readonly searchedBack: Date | null;
}

/** A stretch of a text that matches. */
export class HighlightView {
  @ApiProperty({ enum: ['displayContent', 'transcript'], description: 'The text in which it stands.' })
  field!: 'displayContent' | 'transcript';

  @ApiProperty({ example: 2, description: 'Its first character, from 0, in UTF-16 units.' })
  from!: number;

  @ApiProperty({ example: 6, description: 'The character behind it.' })
  to!: number;
}

/** A message that was found. */
export class FoundMessageView {
  @ApiProperty({ type: MessageView })
  message!: MessageView;

  @ApiProperty({ type: String, nullable: true, description: 'What was said in a voice note.' })
  transcript!: string | null;

  @ApiProperty({ type: [HighlightView], description: 'What matched, where it stands in these texts; empty for a match in the rest of a long text, a name or an id.' })
  highlights!: HighlightView[];
}

/** Documents a 200 with a page of what was found. */
export function ApiSearchPage(model: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(model),
    ApiOkResponse({
      description: 'One page, newest first. It may hold fewer than `limit` and still have more behind it: a search, or a list by a rare property, looks so far back as it can in time.',
      schema: {
        type: 'object',
        required: ['data', 'hasMore', 'nextCursor', 'searchedBack'],
        properties: {
          data: { type: 'array', items: { $ref: getSchemaPath(model) } },
          hasMore: { type: 'boolean', examples: [false] },
          nextCursor: { type: ['string', 'null'] as unknown as 'string', examples: [null] },
          searchedBack: {
            type: ['string', 'null'] as unknown as 'string',
            format: 'date-time',
            description: 'Messages since then were looked through; null: all of them.',
            examples: [null],
          },
        },
      },
    }),
  );
}
