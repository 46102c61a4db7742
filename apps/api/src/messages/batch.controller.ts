import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { BATCH_EXAMPLES, BatchDto } from './batch.dto.js';
import { BatchView } from './batch.view.js';
import { BatchMessages } from './batch-messages.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { ValidateMessages } from './validate-messages.js';
import { ValidationView } from './validate.view.js';

const KEY = 'Makes the whole call repeatable for 72 hours: what was accepted is accepted once, and what was refused is tried again.';
const SEND =
  'Up to 1,000 messages, each as the body of POST /v1/messages. The good ones are taken and committed, each bad one is named by its ' +
  'place and a pointer. Where none could be taken for a reason of ours the answer is that problem.';
const VALIDATE =
  'Says of each message whether it would be accepted now, by the very checks of sending and by their rule; how it looks, what it ' +
  'costs, and when it would have left. Nothing is written.';

/** Many messages in one call: to be sent, or only to be looked at. */
@ApiTags('messages')
@Controller('messages')
export class BatchController {
  constructor(
    private readonly batch: BatchMessages,
    private readonly validation: ValidateMessages,
  ) {}

  @Post('batch')
  @HttpCode(200)
  @RequireScope('messages:write')
  @ApiOperation({ operationId: 'sendMessages', summary: 'Send up to 1,000 messages', description: SEND })
  @ApiBody({ type: BatchDto, examples: BATCH_EXAMPLES })
  @ApiHeader({ name: 'Idempotency-Key', description: KEY, required: false })
  @ApiOkResponse({ type: BatchView, headers: { 'Idempotency-Replayed': { description: 'true when every message was made by an earlier call.', schema: { type: 'string' } } } })
  async send(
    @CurrentTenant() tenantId: TenantId,
    // Not a class: one bad item must not cost the others, and validating 1,000 instances costs more than sending them.
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchView> {
    const idempotencyKey = idempotencyKeyOf(request.headers['idempotency-key']);
    const { view, replayed } = await this.batch.send({ tenantId, body, idempotencyKey, requestId: request.id });
    if (replayed) void reply.header('idempotency-replayed', 'true');
    return view;
  }

  @Post('validate')
  @HttpCode(200)
  @RequireScope('messages:write')
  @ApiOperation({ operationId: 'validateMessages', summary: 'See what would become of up to 1,000 messages', description: VALIDATE })
  @ApiBody({ type: BatchDto, examples: BATCH_EXAMPLES })
  @ApiOkResponse({ type: ValidationView })
  validate(@CurrentTenant() tenantId: TenantId, @Body() body: unknown, @Req() request: FastifyRequest): Promise<ValidationView> {
    return this.validation.validate(tenantId, body, request.id);
  }
}
