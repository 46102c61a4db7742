import { Body, Controller, Get, HttpCode, HttpStatus, Patch, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentCaller, CurrentTenant, RequireScope, type Caller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { ContactEventView } from './contact-event.view.js';
import { MergeContactDto, SplitContactDto } from './contact-merge.dto.js';
import { ContactMergeView, ContactSplitView } from './contact-merge.view.js';
import { ChangeContactDto, ContactQuery } from './contact.dto.js';
import { ContactView } from './contact.view.js';
import { JoinContacts } from './join-contacts.js';
import { OwnContacts } from './own-contacts.js';

/** The people a tenant writes with. */
@ApiTags('contacts')
@Controller('contacts')
export class ContactsController {
  constructor(
    private readonly contacts: OwnContacts,
    private readonly joining: JoinContacts,
  ) {}

  @Get()
  @RequireScope('contacts:read')
  @ApiOperation({ operationId: 'listContacts', summary: 'List the contacts' })
  @ApiPage(ContactView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: ContactQuery): Promise<Page<ContactView>> {
    return this.contacts.list(tenantId, query);
  }

  @Get(':id')
  @RequireScope('contacts:read')
  @ApiOperation({ operationId: 'getContact', summary: 'See a contact', description: 'The id of a contact that was joined to another one leads to that one; `askedId` says so.' })
  @ApiOkResponse({ type: ContactView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<ContactView> {
    return this.contacts.get(tenantId, id);
  }

  @Patch(':id')
  @RequireScope('contacts:write')
  @ApiOperation({ operationId: 'changeContact', summary: "Change a contact's name, your own id of it, or what you keep with it" })
  @ApiOkResponse({ type: ContactView })
  change(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() changes: ChangeContactDto): Promise<ContactView> {
    return this.contacts.change(tenantId, id, changes);
  }

  @Get(':id/history')
  @RequireScope('contacts:read')
  @ApiOperation({ operationId: 'listContactEvents', summary: 'See what happened to a contact: changes of number and id, merges, splits' })
  @ApiPage(ContactEventView)
  history(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() query: PageQuery): Promise<Page<ContactEventView>> {
    return this.contacts.history(tenantId, id, query);
  }

  @Post(':id/merge')
  @HttpCode(HttpStatus.OK)
  @RequireScope('contacts:write')
  @ApiOperation({
    operationId: 'mergeContact',
    summary: 'Join a contact to the one that it turned out to be',
    description: 'Identities, conversations, messages, tags and campaign places go to the contact that stays; of their consents the stricter one stands. Its id keeps leading there.',
  })
  @ApiOkResponse({ type: ContactMergeView })
  @ApiConflictResponse({ description: 'The two are one already, or one of them was joined to another contact.' })
  merge(@CurrentTenant() tenantId: TenantId, @CurrentCaller() { actor }: Caller, @Id() id: string, @Body() body: MergeContactDto): Promise<ContactMergeView> {
    return this.joining.merge(tenantId, id, body, actor);
  }

  @Post(':id/split')
  @HttpCode(HttpStatus.OK)
  @RequireScope('contacts:write')
  @ApiOperation({
    operationId: 'splitContact',
    summary: 'Undo a merge',
    description: 'What came from the other contact goes back to it. What was refused meanwhile is refused for both, and such a pair is not joined again by itself.',
  })
  @ApiOkResponse({ type: ContactSplitView })
  @ApiConflictResponse({ description: 'It is undone already, or a later merge has to be undone first.' })
  split(@CurrentTenant() tenantId: TenantId, @CurrentCaller() { actor }: Caller, @Id() id: string, @Body() { mergeId }: SplitContactDto): Promise<ContactSplitView> {
    return this.joining.split(tenantId, id, mergeId.toLowerCase(), actor);
  }
}
