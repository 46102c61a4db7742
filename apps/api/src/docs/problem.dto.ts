import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ERRORS, type ErrorCode } from '@parley/domain';

export class FieldProblemView {
  @ApiProperty({ description: 'JSON pointer into the body, or /name of a parameter.', examples: ['/to'] })
  pointer!: string;

  @ApiProperty({ examples: ['field.invalid'] })
  code!: string;

  @ApiProperty({ examples: ['to must be a string'] })
  detail!: string;
}

export class MetaProblemView {
  @ApiPropertyOptional({ type: 'integer', examples: [131009] })
  graphCode?: number;

  @ApiPropertyOptional({ type: 'integer', examples: [2494010] })
  graphSubcode?: number;

  @ApiPropertyOptional({ examples: ['Az8or2yhqkZfEZ-_4Qn_Bam'] })
  traceId?: string;
}

/** Every refusal, as application/problem+json (RFC 9457). */
export class ProblemView {
  @ApiProperty({
    format: 'uri',
    description: 'A page that explains the code.',
    examples: ['http://127.0.0.1:3000/docs/errors/request.invalid'],
  })
  type!: string;

  @ApiProperty({ examples: [ERRORS['request.invalid'].title] })
  title!: string;

  @ApiProperty({ type: 'integer', examples: [422] })
  status!: number;

  @ApiProperty({
    description: 'What is wrong this time, or what to do.',
    examples: [ERRORS['request.invalid'].whatToDo],
  })
  detail!: string;

  @ApiProperty({ description: 'Stable; act on this.', enum: Object.keys(ERRORS), examples: ['request.invalid'] })
  code!: ErrorCode;

  @ApiProperty({
    description: 'Also in the header Request-Id; finds the request in our logs.',
    examples: ['0199a1b2-1111-7000-8000-000000000000'],
  })
  requestId!: string;

  @ApiProperty({ description: 'Whether the same request may succeed later.', examples: [false] })
  retryable!: boolean;

  @ApiPropertyOptional({ type: [FieldProblemView] })
  errors?: FieldProblemView[];

  @ApiPropertyOptional({ type: MetaProblemView, description: 'What Meta said, where Meta refused.' })
  meta?: MetaProblemView;
}
