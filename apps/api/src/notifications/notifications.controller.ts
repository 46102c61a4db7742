import { Body, Controller, Get, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { AcceptNotifications } from '@parley/messaging';
import { Config, problemOf } from '@parley/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { AcceptedMessageView, acceptedMessageView } from '../messages/accepted-message.view.js';
import { ListNotificationTypes } from './list-notification-types.js';
import { NotificationBatchDto, NotificationBatchView } from './notification-batch.dto.js';
import { NotificationDto, NotificationPreviewDto } from './notification.dto.js';
import { NOTIFICATION_EXAMPLES } from './notification-examples.js';
import { NotificationPreviewView, NotificationSkippedView, NotificationTypesView, previewView } from './notification.view.js';
import { NotifyMany } from './notify-many.js';

const SEND =
  'The event becomes a template message by your mapping (PUT /v1/settings/notifications): template, language of the recipient, parameters ' +
  'written for that language. It passes the same checks as every message and is committed when this answers. The eventId is its key: ' +
  'the same event again gets the same answer, and no second message.';

/** Events of a tenant's business, which become messages. */
@ApiTags('notifications')
@Controller('notifications')
export class NotificationsController {
  constructor(
    private readonly notifications: AcceptNotifications,
    private readonly many: NotifyMany,
    private readonly types: ListNotificationTypes,
    private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  @RequireScope('notifications:write')
  @ApiExtraModels(NotificationSkippedView)
  @ApiOperation({ operationId: 'notify', summary: 'Tell an event of your business to whom it concerns', description: SEND })
  @ApiBody({ type: NotificationDto, examples: NOTIFICATION_EXAMPLES })
  @ApiOkResponse({ type: NotificationSkippedView, description: 'Taken; by your settings nothing is sent.' })
  @ApiResponse({ status: 202, type: AcceptedMessageView, description: 'Committed.', headers: { 'Idempotency-Replayed': { description: 'true when this event made its message in an earlier call.', schema: { type: 'string' } } } })
  @ApiResponse({ status: 502, description: 'Your own system, which knows the recipient, did not answer as it should.' })
  async notify(
    @CurrentTenant() tenantId: TenantId,
    @Body() event: NotificationDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedMessageView | NotificationSkippedView> {
    const outcome = await this.notifications.accept(tenantId, event);
    if (outcome.kind === 'skipped') {
      void reply.status(HttpStatus.OK);
      return { sent: false, reason: outcome.reason };
    }
    if (outcome.replayed) void reply.header('idempotency-replayed', 'true');
    return acceptedMessageView(outcome.message);
  }

  @Post('batch')
  @HttpCode(HttpStatus.OK)
  @RequireScope('notifications:write')
  @ApiOperation({ operationId: 'notifyMany', summary: 'Tell up to 100 events', description: 'In their order, each as by POST /v1/notifications: the good ones become messages, each bad one is named by its place.' })
  @ApiOkResponse({ type: NotificationBatchView })
  notifyMany(@CurrentTenant() tenantId: TenantId, @Body() { events }: NotificationBatchDto, @Req() request: FastifyRequest): Promise<NotificationBatchView> {
    return this.many.notify(tenantId, events, request.id);
  }

  @Post('preview')
  @HttpCode(HttpStatus.OK)
  @RequireScope('notifications:write')
  @ApiOperation({ operationId: 'previewNotification', summary: 'See what an event would become', description: 'By the very steps of sending, as far as they go. Nothing is written or sent.' })
  @ApiBody({ type: NotificationPreviewDto, examples: NOTIFICATION_EXAMPLES })
  @ApiOkResponse({ type: NotificationPreviewView })
  async preview(@CurrentTenant() tenantId: TenantId, @Body() event: NotificationPreviewDto, @Req() request: FastifyRequest): Promise<NotificationPreviewView> {
    const preview = await this.notifications.preview(tenantId, { eventId: 'preview', ...event });
    const problem = preview.refusal && problemOf(preview.refusal, request.id, this.config.docsBase).body;
    return previewView(preview, problem);
  }

  @Get('types')
  @RequireScope('notifications:read')
  @ApiOperation({ operationId: 'listNotificationTypes', summary: 'List the kinds of events, what each takes, and what you made of it' })
  @ApiOkResponse({ type: NotificationTypesView })
  list(@CurrentTenant() tenantId: TenantId): Promise<NotificationTypesView> {
    return this.types.list(tenantId);
  }
}
