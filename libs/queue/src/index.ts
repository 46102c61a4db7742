export { BrokerConsumer, type BrokerAnswer, type BrokerConsumerOptions } from './broker/broker-consumer.js';
export { DEAD_LETTER_HEADERS, type BrokerMessage, type BrokerRefusal } from './broker/broker-message.js';
export { assertHandlers } from './assert-handlers.js';
export { JobProcessor } from './job-processor.js';
export { JobProducer, type JobProducerParts, type WakeQueue } from './job-producer.js';
export { JobWorkers } from './job-workers.js';
export {
  JOB_NAMES,
  JOB_VERSION,
  JOBS,
  QUEUE_NAMES,
  type JobData,
  type JobName,
  type JobPayload,
  type QueueName,
} from './jobs.js';
export { QueueHealth, type QueueDepth, type RedisPing } from './queue-health.js';
export { JobWorkersModule, QueueModule } from './queue.module.js';
export { redisProbe } from './redis-probe.js';
