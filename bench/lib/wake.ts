import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createLogger, PlatformModule, type Config } from '@parley/platform';
import { JobProducer, QueueModule } from '@parley/queue';

/** Wakes numbers the way the api does after acceptance: by the same producer, over BullMQ. */
export interface Waker {
  wake(numberIds: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

@Module({})
class WakerModule {}

/** Connects to Redis as an api does. */
export async function connectWaker(config: Config): Promise<Waker> {
  const logger = createLogger('bench', { LOG_LEVEL: 'silent' });
  const root = { module: WakerModule, imports: [PlatformModule.forRoot(config, logger), QueueModule] };
  const app = await NestFactory.createApplicationContext(root, { logger: false });
  const producer = app.get(JobProducer);
  return {
    async wake(numberIds) {
      for (const numberId of numberIds) producer.wake('number.wake', { numberId });
      await producer.flush();
    },
    close: () => app.close(),
  };
}
