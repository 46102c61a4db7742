import { Controller, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../auth/index.js';
import { ReceiveWebhook } from './receive-webhook.js';

const SIGNATURE = 'x-hub-signature-256';
const NO_BODY = Buffer.alloc(0);

/** Where Meta sends webhooks: the platform's app, and the apps that tenants brought, by Meta's app id. */
@ApiTags('webhooks')
@Public()
@Controller('webhooks/whatsapp')
export class WebhookController {
  constructor(private readonly webhooks: ReceiveWebhook) {}

  @Get()
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ operationId: 'shakeHands', summary: "Meta's handshake for the platform's app" })
  @ApiQuery({ name: 'hub.mode' })
  @ApiQuery({ name: 'hub.verify_token' })
  @ApiQuery({ name: 'hub.challenge' })
  @ApiResponse({ status: 200, description: 'The challenge, as it came.' })
  shakeHands(@Query() query: Record<string, unknown>): Promise<string> {
    return this.webhooks.shakeHands(undefined, query);
  }

  @Get(':appId')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ operationId: 'shakeHandsWithApp', summary: "Meta's handshake for a tenant's own app" })
  @ApiParam({ name: 'appId', description: "Meta's app id" })
  @ApiQuery({ name: 'hub.mode' })
  @ApiQuery({ name: 'hub.verify_token' })
  @ApiQuery({ name: 'hub.challenge' })
  @ApiResponse({ status: 200, description: 'The challenge, as it came.' })
  shakeHandsWithApp(@Param('appId') appId: string, @Query() query: Record<string, unknown>): Promise<string> {
    return this.webhooks.shakeHands(appId, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ operationId: 'receiveWebhook', summary: "Webhooks of the platform's app" })
  @ApiResponse({ status: 200, description: 'Committed; processing follows.' })
  receive(@Req() request: FastifyRequest): Promise<void> {
    return this.take(undefined, request);
  }

  @Post(':appId')
  @HttpCode(200)
  @ApiOperation({ operationId: 'receiveAppWebhook', summary: "Webhooks of a tenant's own app" })
  @ApiParam({ name: 'appId', description: "Meta's app id" })
  @ApiResponse({ status: 200, description: 'Committed; processing follows.' })
  receiveForApp(@Param('appId') appId: string, @Req() request: FastifyRequest): Promise<void> {
    return this.take(appId, request);
  }

  private take(appId: string | undefined, request: FastifyRequest): Promise<void> {
    return this.webhooks.receive({
      appId,
      body: Buffer.isBuffer(request.body) ? request.body : NO_BODY,
      signature: request.headers[SIGNATURE],
      contentType: request.headers['content-type'],
    });
  }
}
