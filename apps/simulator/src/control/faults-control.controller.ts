import { Body, Controller, Delete, Get, HttpCode, Param, ParseIntPipe, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Fault } from '../faults/fault.js';
import { FaultQueue } from '../faults/fault-queue.js';
import { AddFault } from './add-fault.js';
import { notKnown } from './control-problem.js';
import { FaultDto } from './dto/fault.dto.js';
import { FaultView, MagicRecipientView } from './dto/fault-view.dto.js';
import { magicRecipients } from './magic-recipients.js';

/** What is to go wrong. */
@ApiTags('Faults')
@Controller('control/faults')
export class FaultsControlController {
  constructor(
    private readonly faults: FaultQueue,
    private readonly addFault: AddFault,
  ) {}

  @ApiOperation({
    operationId: 'addFault',
    summary: 'Let something go wrong; each request meets the first fault that matches it',
  })
  @ApiCreatedResponse({ type: FaultView })
  @Post()
  add(@Body() dto: FaultDto): Fault {
    return this.addFault.add(dto);
  }

  @ApiOperation({ operationId: 'listFaults', summary: 'The faults that still wait' })
  @ApiOkResponse({ type: [FaultView] })
  @Get()
  list(): readonly Fault[] {
    return this.faults.list();
  }

  @ApiOperation({
    operationId: 'listMagicRecipients',
    summary: 'Endings of phone numbers that ask for a fault by themselves',
  })
  @ApiOkResponse({ type: [MagicRecipientView] })
  @Get('magic-recipients')
  magic(): MagicRecipientView[] {
    return magicRecipients();
  }

  @ApiOperation({ operationId: 'clearFaults', summary: 'Take all faults back' })
  @ApiNoContentResponse()
  @Delete()
  @HttpCode(204)
  clear(): void {
    this.faults.clear();
  }

  @ApiOperation({ operationId: 'removeFault', summary: 'Take one fault back' })
  @ApiNoContentResponse()
  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id', ParseIntPipe) id: number): void {
    if (!this.faults.remove(id)) throw notKnown('fault', String(id));
  }
}
