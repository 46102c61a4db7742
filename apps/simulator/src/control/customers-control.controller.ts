import { Body, Controller, HttpCode, Param, Post, Put } from '@nestjs/common';
import type { BusinessNumber } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { Customers, type Customer } from '../state/customers.js';
import { ControlProblem, notKnown } from './control-problem.js';
import { CloseWindowDto, CustomerDto, InboundMessageDto, ReadDto } from './dto/customer.dto.js';
import { PlayCustomer, type InboundResult } from './play-customer.js';

/** The customers' side of the conversation. */
@Controller('control/customers/:phone')
export class CustomersControlController {
  constructor(
    private readonly accounts: Accounts,
    private readonly customers: Customers,
    private readonly playCustomer: PlayCustomer,
  ) {}

  @Put()
  describe(@Param('phone') phone: string, @Body() dto: CustomerDto): Customer {
    return this.customer(phone, dto);
  }

  @Post('messages')
  write(@Param('phone') phone: string, @Body() dto: InboundMessageDto): InboundResult {
    const number = this.number(dto.phoneNumberId);
    return this.playCustomer.write(number, this.customer(phone, dto), dto, dto.contextMessageId);
  }

  @Post('read')
  @HttpCode(200)
  read(@Param('phone') phone: string, @Body() dto: ReadDto): { read: string[] } {
    const number = this.number(dto.phoneNumberId);
    return { read: this.playCustomer.read(number, this.customer(phone, {}), dto.wamid) };
  }

  /** Lets the 24 hours be over. */
  @Post('close-window')
  @HttpCode(204)
  closeWindow(@Param('phone') phone: string, @Body() dto: CloseWindowDto): void {
    this.customers.closeWindow(this.number(dto.phoneNumberId).id, this.customer(phone, {}).phone);
  }

  private number(id: string): BusinessNumber {
    const number = this.accounts.findNumber(id);
    if (!number) throw notKnown('number', id);
    return number;
  }

  private customer(phone: string, { profileName, waId, userId, withoutPhone }: CustomerDto): Customer {
    const digits = /^\+?(\d{5,15})$/.exec(phone)?.[1];
    if (digits === undefined)
      throw new ControlProblem(400, 'phone.invalid', `${phone} is no international phone number.`);
    return this.customers.put(digits, {
      ...(profileName !== undefined && { profileName }),
      ...(waId !== undefined && { waId }),
      ...(userId !== undefined && { userId }),
      ...(withoutPhone !== undefined && { withoutPhone }),
    });
  }
}
