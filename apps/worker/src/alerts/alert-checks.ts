import { Injectable } from '@nestjs/common';
import {
  badQuality,
  dueMessages,
  escalatedMessages,
  ledgerFacts,
  measureOutbound,
  newDeadLetters,
  numberTalks,
  openHolds,
  quotaUses,
  refusedItems,
  SendingSweep,
  sendTallies,
  silentNumbers,
  stuckMessagesOf,
  tallyOutbound,
  templatesStopped,
  throttledMinutes,
  tierUses,
  uncertainMessages,
  type SystemTx,
} from '@parley/data';
import {
  deadLetterGrowth,
  droppedQuality,
  escalation,
  failingChannels,
  GRAPH_ERRORS,
  heldSenders,
  queueDepth,
  redisAway,
  refusedWebhooks,
  repeatedThrottling,
  silentTalkers,
  silentWebhooks,
  spentLimits,
  stalledIngest,
  stoppedTemplates,
  strayRows,
  stuckMessages,
  uncertainOutcomes,
  type AlertKind,
  type Incident,
} from '@parley/domain';
import { Config } from '@parley/platform';
import { RedisWatch } from './redis-watch.js';

/** A look at some kinds of incidents: facts by a set statement, incidents by a pure rule. */
export interface AlertCheck {
  readonly name: string;
  /** What it would see: an open incident of these that it does not see is over. */
  readonly kinds: readonly AlertKind[];
  readonly everySeconds: number;
  /** @param since when it was done last, by whichever worker */
  readonly look: (tx: SystemTx, since: Date) => Promise<readonly Incident[]>;
}

const HOUR_MINUTES = 60;
const SECONDS_PER_MINUTE = 60;
/** Sends without any webhook that say that none come. */
const SILENT_SENDS = 5;
/** A breaker or a throttling that lasts so long does not pass by itself. */
const LASTING_SECONDS = 600;
/** Silence is judged by the hour. */
const TALK_SECONDS = 300;
/** Whole numbers and accounts that are too fast. A pair that is too fast slows down nobody else. */
const THROTTLING_CODES = GRAPH_ERRORS.filter(({ class: kind, scope }) => kind === 'throttled' && scope !== 'pair')
  .flatMap(({ codes }) => codes)
  .filter((code) => typeof code === 'number');

/** Everything that is watched, and how often. */
@Injectable()
export class AlertChecks {
  readonly all: readonly AlertCheck[];

  constructor(config: Config, redis: RedisWatch, sweep: SendingSweep) {
    this.all = [...figureChecks(config), ...queueChecks(config), ...failureChecks(config), ...stateChecks(config), ...platformChecks(config, redis, sweep)];
  }
}

/** Not an alert by itself: what others and GET /health/outbound read. Hence first. */
function figureChecks({ HEALTH_FIGURES_SECONDS, ALERT_QUEUE_DEPTH_DUE_SECONDS }: Config): AlertCheck[] {
  const measure: AlertCheck = {
    name: 'figures',
    kinds: [],
    everySeconds: HEALTH_FIGURES_SECONDS,
    look: async (tx, since) => {
      await measureOutbound(tx, ALERT_QUEUE_DEPTH_DUE_SECONDS);
      await tallyOutbound(tx, since, THROTTLING_CODES);
      return [];
    },
  };
  return [measure];
}

/** What waits, and for too long. */
function queueChecks(config: Config): AlertCheck[] {
  const stuck = { attempts: config.ALERT_STUCK_ATTEMPTS, ageMinutes: config.ALERT_STUCK_AGE_MINUTES };
  const depth = { threshold: config.ALERT_QUEUE_DEPTH_THRESHOLD, dueSeconds: config.ALERT_QUEUE_DEPTH_DUE_SECONDS };
  const escalated = { attempts: config.ALERT_ESCALATION_ATTEMPTS };
  return [
    {
      name: 'stuck',
      kinds: ['stuck_messages'],
      everySeconds: config.ALERT_STUCK_SECONDS,
      look: async (tx) => stuckMessages(await stuckMessagesOf(tx, stuck.attempts, stuck.ageMinutes), stuck),
    },
    {
      name: 'queue-depth',
      kinds: ['queue_depth'],
      everySeconds: config.ALERT_QUEUE_DEPTH_SECONDS,
      look: async (tx) => queueDepth(await dueMessages(tx), depth),
    },
    {
      name: 'escalation',
      kinds: ['escalation'],
      everySeconds: config.ALERT_ESCALATION_SECONDS,
      look: async (tx) => escalation(await escalatedMessages(tx, escalated.attempts, HOUR_MINUTES), escalated),
    },
  ];
}

/** What did not arrive. */
function failureChecks(config: Config): AlertCheck[] {
  const deadLetters = { threshold: config.ALERT_DEAD_LETTER_THRESHOLD, windowMinutes: Math.ceil(config.ALERT_DEAD_LETTER_SECONDS / SECONDS_PER_MINUTE) };
  const failures = {
    percent: config.ALERT_FAILURE_RATE_THRESHOLD * 100,
    windowMinutes: config.ALERT_FAILURE_RATE_WINDOW_MINUTES,
    minimum: config.ALERT_FAILURE_RATE_MINIMUM,
  };
  const uncertain = { windowMinutes: HOUR_MINUTES };
  return [
    {
      name: 'dead-letters',
      kinds: ['dead_letter_growth'],
      everySeconds: config.ALERT_DEAD_LETTER_SECONDS,
      look: async (tx) => deadLetterGrowth(await newDeadLetters(tx, config.ALERT_DEAD_LETTER_SECONDS), deadLetters),
    },
    {
      name: 'failure-rate',
      kinds: ['failure_rate'],
      everySeconds: config.ALERT_FAILURE_RATE_SECONDS,
      look: async (tx) => failingChannels(await sendTallies(tx, failures.windowMinutes), failures),
    },
    {
      name: 'uncertain',
      kinds: ['uncertain_outcome'],
      everySeconds: config.ALERT_STATE_SECONDS,
      look: async (tx) => uncertainOutcomes(await uncertainMessages(tx, uncertain.windowMinutes), uncertain),
    },
  ];
}

/** What is held, stopped, spent or silent. */
function stateChecks(config: Config): AlertCheck[] {
  const everySeconds = config.ALERT_STATE_SECONDS;
  const throttling = { threshold: config.ALERT_THROTTLING_THRESHOLD, windowMinutes: HOUR_MINUTES };
  const silence = { minimum: SILENT_SENDS, minutes: config.ALERT_WEBHOOK_SILENCE_MINUTES };
  const talk = { minimum: config.ALERT_NUMBER_SILENT_MINIMUM };
  const percent = config.ALERT_LIMIT_PERCENT;
  const quota = { messages: config.QUOTA_MESSAGES, windowSeconds: config.QUOTA_WINDOW_SECONDS };
  const quotaMinutes = Math.ceil(quota.windowSeconds / SECONDS_PER_MINUTE);
  return [
    {
      name: 'limits',
      kinds: ['limits'],
      everySeconds,
      look: async (tx) => [
        ...spentLimits(await quotaUses(tx, quota), { percent, windowMinutes: quotaMinutes }),
        ...spentLimits(await tierUses(tx, percent), { percent, windowMinutes: 24 * HOUR_MINUTES }),
        ...repeatedThrottling(await throttledMinutes(tx, throttling.windowMinutes), throttling),
      ],
    },
    {
      name: 'holds',
      kinds: ['number_paused', 'credential_invalid'],
      everySeconds,
      look: async (tx) => heldSenders(await openHolds(tx), { lastingSeconds: LASTING_SECONDS }),
    },
    { name: 'quality', kinds: ['quality_dropped'], everySeconds, look: async (tx) => droppedQuality(await badQuality(tx)) },
    { name: 'templates', kinds: ['template_stopped'], everySeconds, look: async (tx) => stoppedTemplates(await templatesStopped(tx)) },
    {
      name: 'webhooks',
      kinds: ['webhooks_silent'],
      everySeconds,
      look: async (tx) => silentWebhooks(await silentNumbers(tx, silence.minutes), silence),
    },
    {
      name: 'talk',
      kinds: ['number_silent'],
      everySeconds: Math.max(everySeconds, TALK_SECONDS),
      look: async (tx) => silentTalkers(await numberTalks(tx, talk.minimum), talk),
    },
  ];
}

/** What Parley itself stands on. */
function platformChecks(config: Config, redis: RedisWatch, sweep: SendingSweep): AlertCheck[] {
  const everySeconds = config.ALERT_STATE_SECONDS;
  const refused = { windowMinutes: HOUR_MINUTES };
  const stalled = { seconds: config.ALERT_INGEST_STALLED_SECONDS };
  return [
    {
      name: 'ingest',
      kinds: ['ingest_stalled'],
      everySeconds: Math.min(everySeconds, stalled.seconds),
      look: async (tx) => stalledIngest(await ledgerFacts(tx), stalled),
    },
    {
      name: 'refused-webhooks',
      kinds: ['webhook_refused'],
      everySeconds,
      look: async (tx) => refusedWebhooks(await refusedItems(tx, refused.windowMinutes), refused),
    },
    {
      name: 'redis',
      kinds: ['redis_unavailable'],
      // A restart of Redis is over before anybody could act; an absence is seen soon after it counts as one.
      everySeconds: Math.min(everySeconds, config.ALERT_REDIS_AWAY_SECONDS),
      look: () => Promise.resolve(redisAway(redis.awaySeconds, { seconds: config.ALERT_REDIS_AWAY_SECONDS })),
    },
    { name: 'partitions', kinds: ['partition_default'], everySeconds, look: async () => strayRows(await sweep.hasStrays()) },
  ];
}
