import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChangeNumber } from './change-number.js';
import { ChooseForCustomer } from './choose-for-customer.js';
import { ChangeNumberDto, InboundResult, MarketingDto, TowardsNumberDto } from './dto/customer.dto.js';
import { digitsOf, Known } from './known.js';

/** What customers decide: whom they block, whose marketing they stop, and that they move to another number. */
@ApiTags('Customers')
@Controller('control/customers/:phone')
export class CustomerChoicesController {
  constructor(
    private readonly known: Known,
    private readonly choose: ChooseForCustomer,
    private readonly changeNumber: ChangeNumber,
  ) {}

  @ApiOperation({ operationId: 'blockAsCustomer', summary: 'Block the business; its messages fail with 131026' })
  @ApiNoContentResponse()
  @Post('block')
  @HttpCode(204)
  block(@Param('phone') phone: string, @Body() { phoneNumberId }: TowardsNumberDto): void {
    this.choose.block(this.known.number(phoneNumberId), this.known.customer(phone), true);
  }

  @ApiOperation({ operationId: 'unblockAsCustomer', summary: 'Let the business write again' })
  @ApiNoContentResponse()
  @Post('unblock')
  @HttpCode(204)
  unblock(@Param('phone') phone: string, @Body() { phoneNumberId }: TowardsNumberDto): void {
    this.choose.block(this.known.number(phoneNumberId), this.known.customer(phone), false);
  }

  @ApiOperation({
    operationId: 'chooseMarketing',
    summary: 'Stop or resume marketing messages; sends user_preferences',
  })
  @ApiNoContentResponse()
  @Post('marketing')
  @HttpCode(204)
  marketing(@Param('phone') phone: string, @Body() { phoneNumberId, isOptedOut }: MarketingDto): void {
    this.choose.optOut(this.known.number(phoneNumberId), this.known.customer(phone), isOptedOut);
  }

  @ApiOperation({ operationId: 'changeNumber', summary: 'Move to another phone number; sends a system message' })
  @ApiCreatedResponse({ type: InboundResult })
  @Post('change-number')
  change(@Param('phone') phone: string, @Body() { phoneNumberId, newPhone }: ChangeNumberDto): InboundResult {
    const number = this.known.number(phoneNumberId);
    return this.changeNumber.change(number, this.known.customer(phone), digitsOf(newPhone));
  }
}
