import { Body, Controller, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ChatCustomer } from '../feed/chat.dto.js';
import { Customers, type Customer } from '../state/customers.js';
import {
  CustomerDto,
  FileFormDto,
  InboundMessageDto,
  InboundResult,
  ReadDto,
  ReadResult,
  TowardsNumberDto,
} from './dto/customer.dto.js';
import { Known } from './known.js';
import { PlayCustomer } from './play-customer.js';
import { SendCustomerFile } from './send-customer-file.js';

/** The customers' side of the conversation. */
@ApiTags('Customers')
@Controller('control/customers')
export class CustomersControlController {
  constructor(
    private readonly known: Known,
    private readonly customers: Customers,
    private readonly playCustomer: PlayCustomer,
    private readonly sendFile: SendCustomerFile,
  ) {}

  @ApiOperation({ operationId: 'listCustomers', summary: 'Everybody who was played or described' })
  @ApiOkResponse({ type: [ChatCustomer] })
  @Get()
  list(): Customer[] {
    return this.customers.all();
  }

  @ApiOperation({ operationId: 'putCustomer', summary: 'Describe a customer' })
  @ApiOkResponse({ type: ChatCustomer })
  @Put(':phone')
  describe(@Param('phone') phone: string, @Body() dto: CustomerDto): Customer {
    return this.customer(phone, dto);
  }

  @ApiOperation({ operationId: 'writeAsCustomer', summary: 'Write to a business; opens the service window' })
  @ApiCreatedResponse({ type: InboundResult })
  @Post(':phone/messages')
  write(@Param('phone') phone: string, @Body() dto: InboundMessageDto): Promise<InboundResult> {
    return this.playCustomer.write(this.known.number(dto.phoneNumberId), this.customer(phone, dto), dto);
  }

  @ApiOperation({
    operationId: 'sendFileAsCustomer',
    summary: 'Send a picture, a film, a voice note, a document or a sticker',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: FileFormDto })
  @ApiCreatedResponse({ type: InboundResult })
  @Post(':phone/files')
  send(@Param('phone') phone: string, @Req() request: FastifyRequest): Promise<InboundResult> {
    return this.sendFile.send(this.known.customer(phone), request);
  }

  @ApiOperation({ operationId: 'readAsCustomer', summary: 'Read one message, or all' })
  @ApiOkResponse({ type: ReadResult })
  @Post(':phone/read')
  @HttpCode(200)
  read(@Param('phone') phone: string, @Body() dto: ReadDto): ReadResult {
    return {
      read: this.playCustomer.read(this.known.number(dto.phoneNumberId), this.known.customer(phone), dto.wamid),
    };
  }

  @ApiOperation({ operationId: 'closeWindow', summary: 'Let the 24 hours of the service window be over' })
  @ApiNoContentResponse()
  @Post(':phone/close-window')
  @HttpCode(204)
  closeWindow(@Param('phone') phone: string, @Body() { phoneNumberId }: TowardsNumberDto): void {
    this.customers.closeWindow(this.known.number(phoneNumberId).id, this.known.customer(phone).phone);
  }

  private customer(phone: string, { profileName, waId, userId, withoutPhone }: CustomerDto): Customer {
    return this.known.customer(phone, {
      ...(profileName !== undefined && { profileName }),
      ...(waId !== undefined && { waId }),
      ...(userId !== undefined && { userId }),
      ...(withoutPhone !== undefined && { withoutPhone }),
    });
  }
}
