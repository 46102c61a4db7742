import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SeededRandom } from '../random/seeded-random.js';
import { Clock } from '../state/clock.js';
import { Settings, type SettingValues } from '../state/settings.js';
import { Timers } from '../webhooks/timers.js';
import { SettingsDto } from './dto/settings.dto.js';
import { AdvanceDto, ClockView, HealthView, ResetDto, SeedView } from './dto/simulator.dto.js';
import { ResetSimulator } from './reset-simulator.js';

/** The simulator itself: its health, its seed, its settings, its clock. */
@ApiTags('Simulator')
@Controller('control')
export class SimulatorControlController {
  constructor(
    private readonly random: SeededRandom,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly resetSimulator: ResetSimulator,
  ) {}

  @ApiOperation({ operationId: 'health', summary: 'Whether it runs, and from which seed' })
  @ApiOkResponse({ type: HealthView })
  @Get('health')
  health(): HealthView {
    return { status: 'ok', seed: this.random.seed, uptimeSeconds: Math.round(process.uptime()) };
  }

  @ApiOperation({ operationId: 'reset', summary: 'Forget everything; settings go back to their defaults' })
  @ApiOkResponse({ type: SeedView })
  @Post('reset')
  @HttpCode(200)
  reset(@Body() dto?: ResetDto): SeedView {
    this.resetSimulator.reset(dto?.keepAccounts ?? false, dto?.seed);
    return { seed: this.random.seed };
  }

  @ApiOperation({ operationId: 'getSettings', summary: 'The settings in force' })
  @ApiOkResponse({ type: SettingsDto })
  @Get('settings')
  readSettings(): Readonly<SettingValues> {
    return this.settings.values;
  }

  @ApiOperation({ operationId: 'changeSettings', summary: 'Change settings; what is left out stays' })
  @ApiOkResponse({ type: SettingsDto })
  @Put('settings')
  changeSettings(@Body() dto: SettingsDto): Readonly<SettingValues> {
    const given = Object.entries(dto).filter(([, value]) => value !== undefined);
    return this.settings.change(Object.fromEntries(given));
  }

  @ApiOperation({ operationId: 'getClock', summary: 'The time here' })
  @ApiOkResponse({ type: ClockView })
  @Get('clock')
  readClock(): ClockView {
    return { nowMs: this.clock.nowMs() };
  }

  @ApiOperation({
    operationId: 'advanceClock',
    summary: 'Let time pass at once: windows close, pauses end, statuses come',
  })
  @ApiOkResponse({ type: ClockView })
  @Post('clock/advance')
  @HttpCode(200)
  advance(@Body() { byMs }: AdvanceDto): ClockView {
    this.timers.advance(byMs);
    return { nowMs: this.clock.nowMs() };
  }
}
