import { Controller, Get, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ChangeLookupSecret } from './change-lookup-secret.js';
import { LookUpContact } from './look-up-contact.js';
import { OrderQuery } from './lookups.dto.js';
import { ContactCustomerView, ContactOrdersView, LookupSecretView, orderView } from './lookups.view.js';

const UNAVAILABLE = { status: 502, description: 'Your own system did not answer as it should.' };

/** What a tenant's own system knows of a contact. */
@ApiTags('contacts')
@RequireScope('contacts:read')
@Controller('contacts')
export class ContactLookupsController {
  constructor(private readonly lookup: LookUpContact) {}

  @Get(':id/customer')
  @ApiOperation({ operationId: 'getContactCustomer', summary: 'Ask your own system who a contact is', description: 'By customerId, else by phone number. The answer is kept for a minute.' })
  @ApiOkResponse({ type: ContactCustomerView })
  @ApiResponse(UNAVAILABLE)
  async customer(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<ContactCustomerView> {
    return { customer: await this.lookup.customer(tenantId, id) };
  }

  @Get(':id/orders')
  @ApiOperation({ operationId: 'listContactOrders', summary: 'Ask your own system what a contact ordered', description: 'The answer is kept for a minute.' })
  @ApiOkResponse({ type: ContactOrdersView })
  @ApiResponse(UNAVAILABLE)
  async orders(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() { status }: OrderQuery): Promise<ContactOrdersView> {
    return { data: (await this.lookup.ordersOf(tenantId, id, status)).map(orderView) };
  }
}

@ApiTags('settings')
@Controller('lookups')
export class LookupSecretController {
  constructor(private readonly secrets: ChangeLookupSecret) {}

  @Post('secret')
  @HttpCode(HttpStatus.OK)
  @RequireScope('settings:write')
  @ApiOperation({ operationId: 'changeLookupSecret', summary: 'Make a new secret for the questions to your own system', description: 'The secret before it signs along for 24 hours, so that nothing is lost while you change over.' })
  @ApiOkResponse({ type: LookupSecretView })
  change(@CurrentTenantCaller() caller: TenantCaller): Promise<LookupSecretView> {
    return this.secrets.change(caller);
  }
}
