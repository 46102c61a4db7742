import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { JsonObject } from '../json.js';
import { Registrations } from '../state/registrations.js';
import { describeNumber } from './account-views.js';
import { ChangeNumberState } from './change-number-state.js';
import { NumberView, VerificationCodeView } from './dto/account-view.dto.js';
import { NumberChangeDto } from './dto/number.dto.js';
import { Known } from './known.js';

/** What Meta decides about numbers, and what comes to their phones. */
@ApiTags('Numbers')
@Controller('control/numbers/:id')
export class NumbersControlController {
  constructor(
    private readonly known: Known,
    private readonly changeState: ChangeNumberState,
    private readonly registrations: Registrations,
  ) {}

  @ApiOperation({ operationId: 'changeNumberState', summary: 'Put a number into any status, quality or throughput' })
  @ApiOkResponse({ type: NumberView })
  @Put()
  change(@Param('id') id: string, @Body() dto: NumberChangeDto): JsonObject {
    return describeNumber(this.changeState.change(this.known.number(id), dto));
  }

  @ApiOperation({
    operationId: 'getVerificationCode',
    summary: 'The code that request_code sent to the phone of a number',
  })
  @ApiOkResponse({ type: VerificationCodeView })
  @Get('verification-code')
  verificationCode(@Param('id') id: string): VerificationCodeView {
    const { code } = this.registrations.of(this.known.number(id));
    return { code: code?.code ?? null, method: code?.method ?? null };
  }
}
