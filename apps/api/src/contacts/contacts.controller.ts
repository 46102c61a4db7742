import { Body, Controller, Get, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, type Page } from '../http/page.js';
import { ChangeContactDto, ContactQuery } from './contact.dto.js';
import { ContactView } from './contact.view.js';
import { OwnContacts } from './own-contacts.js';

/** The people a tenant writes with. */
@ApiTags('contacts')
@Controller('contacts')
export class ContactsController {
  constructor(private readonly contacts: OwnContacts) {}

  @Get()
  @RequireScope('contacts:read')
  @ApiOperation({ operationId: 'listContacts', summary: 'List the contacts' })
  @ApiPage(ContactView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: ContactQuery): Promise<Page<ContactView>> {
    return this.contacts.list(tenantId, query);
  }

  @Get(':id')
  @RequireScope('contacts:read')
  @ApiOperation({ operationId: 'getContact', summary: 'See a contact' })
  @ApiOkResponse({ type: ContactView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<ContactView> {
    return this.contacts.get(tenantId, id);
  }

  @Patch(':id')
  @RequireScope('contacts:write')
  @ApiOperation({ operationId: 'changeContact', summary: "Change a contact's name or your own id of it" })
  @ApiOkResponse({ type: ContactView })
  change(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() changes: ChangeContactDto): Promise<ContactView> {
    return this.contacts.change(tenantId, id, changes);
  }
}
