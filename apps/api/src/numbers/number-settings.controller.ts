import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { BlockedUsersDto, BlockedUsersQuery, ProfileDto, WebhookOverrideDto } from './number-settings.dto.js';
import { NumberSettings } from './number-settings.js';
import { blockedUserView, BlockedUsersView, blockOutcomeView, BlockOutcomeView, ProfileView, profileView } from './number-settings.view.js';

/** What Meta keeps for a number. */
@ApiTags('numbers')
@Controller('numbers/:id')
export class NumberSettingsController {
  constructor(private readonly settings: NumberSettings) {}

  @Get('business-profile')
  @RequireScope('numbers:read')
  @ApiOperation({ operationId: 'getBusinessProfile', summary: 'See what customers see of the business' })
  @ApiOkResponse({ type: ProfileView })
  async profile(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<ProfileView> {
    return profileView(await this.settings.profile(tenantId, id));
  }

  @Put('business-profile')
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'changeBusinessProfile', summary: 'Change what customers see of the business' })
  @ApiOkResponse({ type: ProfileView })
  async changeProfile(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() body: ProfileDto): Promise<ProfileView> {
    const { profilePictureHandle, ...edit } = body;
    const picture = profilePictureHandle === undefined ? {} : { profile_picture_handle: profilePictureHandle };
    return profileView(await this.settings.changeProfile(tenantId, id, { ...edit, ...picture }));
  }

  @Get('blocked-users')
  @RequireScope('numbers:read')
  @ApiOperation({ operationId: 'listBlockedUsers', summary: 'List who is blocked' })
  @ApiOkResponse({ type: BlockedUsersView })
  async blocked(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() { limit }: BlockedUsersQuery): Promise<BlockedUsersView> {
    const { users, hasMore } = await this.settings.blockedUsers(tenantId, id, limit);
    return { data: users.map(blockedUserView), hasMore };
  }

  @Post('blocked-users')
  @HttpCode(200)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'blockUsers', summary: 'Block people who wrote within 24 hours' })
  @ApiOkResponse({ type: BlockOutcomeView })
  async block(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() { users }: BlockedUsersDto): Promise<BlockOutcomeView> {
    return blockOutcomeView(await this.settings.changeBlocked(tenantId, id, 'block', users));
  }

  @Delete('blocked-users')
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'unblockUsers', summary: 'Take people back from the block list' })
  @ApiOkResponse({ type: BlockOutcomeView })
  async unblock(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() { users }: BlockedUsersDto): Promise<BlockOutcomeView> {
    return blockOutcomeView(await this.settings.changeBlocked(tenantId, id, 'unblock', users));
  }

  @Put('webhook-override')
  @HttpCode(204)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'overrideWebhook', summary: "Send the webhooks of the number's messages to another address" })
  @ApiNoContentResponse({ description: 'Meta has verified the address, and sends there.' })
  override(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() body: WebhookOverrideDto): Promise<void> {
    return this.settings.overrideCallback(tenantId, id, body.callbackUrl, body.verifyToken);
  }
}
