/** A job wakes a worker and says for what; the rows are the truth. So a payload holds ids, and a job may be lost. */
interface JobDefinition {
  readonly queue: string;
  /** The payload's field that tells two wake-ups of one job apart; null where there is one for the whole platform. */
  readonly id: string | null;
}

/** Every job there is: its name, the queue that carries it, and whom it is for. */
export const JOBS = {
  /** Send what is due on this phone number. */
  'number.wake': { queue: 'outbound', id: 'numberId' },
  /** Apply the webhooks that are new in the ledger. */
  'ledger.wake': { queue: 'inbound', id: null },
  /** Give inbound messages their automatic answers. */
  'automation.wake': { queue: 'automations', id: null },
  /** Fetch the media that customers sent. */
  'media.fetch': { queue: 'media', id: null },
  /** Feed, hold or end this campaign. */
  'campaign.wake': { queue: 'campaigns', id: 'campaignId' },
  /** Send dead letters again, many at a time. */
  'messages.redrive': { queue: 'dead-letters', id: null },
  /** Read the templates of this phone number's account from Meta. */
  'templates.sync': { queue: 'templates', id: 'numberId' },
} as const satisfies Readonly<Record<`${string}.${string}`, JobDefinition>>;

export type JobName = keyof typeof JOBS;
export type QueueName = (typeof JOBS)[JobName]['queue'];

/** What the caller of a wake-up says. */
export type JobPayload<N extends JobName> = (typeof JOBS)[N]['id'] extends infer Id extends string
  ? Readonly<Record<Id, string>>
  : Readonly<Record<never, never>>;

/** The version of the payloads. A worker of an older release delays what it cannot read yet. */
export const JOB_VERSION = 1;

/** What lies in Redis. `requestId` joins the job's logs with those of the request that caused it. */
export type JobData<N extends JobName> = JobPayload<N> & {
  readonly v: typeof JOB_VERSION;
  readonly requestId?: string;
};

export const JOB_NAMES = Object.keys(JOBS) as readonly JobName[];
export const QUEUE_NAMES = [...new Set(Object.values(JOBS).map(({ queue }) => queue))] as readonly QueueName[];

/** Whom a wake-up is for; wake-ups of one job with the same id are one. */
export function wakeId<N extends JobName>(name: N, payload: JobPayload<N>): string {
  const { id } = JOBS[name];
  return id === null ? 'all' : ((payload as Readonly<Record<string, string>>)[id] ?? 'all');
}
