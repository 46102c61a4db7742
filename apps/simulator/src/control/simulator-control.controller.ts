import { Body, Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import type { Fault } from '../faults/fault.js';
import { FaultQueue } from '../faults/fault-queue.js';
import { SeededRandom } from '../random/seeded-random.js';
import { Settings, type SettingValues } from '../state/settings.js';
import { FaultDto } from './dto/fault.dto.js';
import { ResetDto } from './dto/reset.dto.js';
import { SettingsDto } from './dto/settings.dto.js';
import { ResetSimulator } from './reset-simulator.js';

/** The simulator itself: its health, its settings, its faults. */
@Controller('control')
export class SimulatorControlController {
  constructor(
    private readonly random: SeededRandom,
    private readonly settings: Settings,
    private readonly faults: FaultQueue,
    private readonly resetSimulator: ResetSimulator,
  ) {}

  @Get('health')
  health(): { status: 'ok'; seed: number; uptimeSeconds: number } {
    return { status: 'ok', seed: this.random.seed, uptimeSeconds: Math.round(process.uptime()) };
  }

  @Post('reset')
  @HttpCode(200)
  reset(@Body() dto?: ResetDto): { seed: number } {
    this.resetSimulator.reset(dto?.keepAccounts ?? false);
    if (dto?.seed !== undefined) this.random.reseed(dto.seed);
    return { seed: this.random.seed };
  }

  @Get('settings')
  readSettings(): Readonly<SettingValues> {
    return this.settings.values;
  }

  @Put('settings')
  changeSettings(@Body() dto: SettingsDto): Readonly<SettingValues> {
    const given = Object.entries(dto).filter(([, value]) => value !== undefined);
    return this.settings.change(Object.fromEntries(given));
  }

  @Post('faults')
  addFault(@Body() dto: FaultDto): Fault {
    const { count, match, kind, code, status, delayMs = kind === 'slow' ? 5000 : 0 } = dto;
    const to = match.to?.replace('+', '');
    return this.faults.add({
      match: { ...match, ...(to !== undefined && { to }) },
      kind,
      code,
      status,
      delayMs,
      remaining: count,
    });
  }

  @Get('faults')
  listFaults(): readonly Fault[] {
    return this.faults.list();
  }

  @Delete('faults')
  @HttpCode(204)
  clearFaults(): void {
    this.faults.clear();
  }
}
