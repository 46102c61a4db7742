import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleFlag } from '@parley/data';
import { logEvent } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';

/** Brings the module's flag of every tenant to what this process was configured with, before it takes requests. */
@Injectable()
export class ApplyModuleFlag implements OnApplicationBootstrap {
  constructor(
    private readonly flag: ModuleFlag,
    private readonly producer: JobProducer,
    private readonly logger: PinoLogger,
  ) {}

  /** Without a database the api starts all the same; the worker applies the flag, too. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      const { on, off, replayed } = await this.flag.apply();
      if (on.length + off.length === 0) return;
      logEvent(this.logger, 'module.switched', { on: on.length, off: off.length, replayed });
      this.producer.wake('ledger.wake', {});
    } catch (error) {
      logEvent(this.logger, 'job.failed', { job: 'module.apply', err: error instanceof Error ? error : new Error(String(error)) });
    }
  }
}
