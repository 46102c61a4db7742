import * as label from './labels.js';
import type { Label } from './labels.js';

export interface MetricDeclaration {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: Readonly<Record<string, Label>>;
  /** Upper bounds, of histograms only. */
  readonly buckets?: readonly number[];
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
const PERCENT = [10, 25, 50, 75, 90, 95, 100] as const;
const ROWS = [1, 2, 5, 10, 25, 50, 100, 250, 500] as const;
const channel = label.CHANNEL;

/** Every metric of Parley, beside the process metrics of prom-client. */
export const METRICS = {
  whatsapp_messages_sent_total: {
    type: 'counter',
    help: 'POSTs of messages to Meta by how they ended.',
    labels: { type: label.MESSAGE_TYPE, status: label.SEND_STATUS },
  },
  whatsapp_media_downloads_total: {
    type: 'counter',
    help: 'Attempts to fetch media that customers sent, by how they ended.',
    labels: { status: label.MEDIA_DOWNLOAD_STATUS },
  },
  whatsapp_api_latency_seconds: {
    type: 'histogram',
    help: 'Time until the Graph API answered.',
    labels: { endpoint: label.GRAPH_ENDPOINT, method: label.HTTP_METHOD },
    buckets: SECONDS,
  },
  whatsapp_api_usage_percent: {
    type: 'histogram',
    help: "How much of Meta's limits of calls was used up, by the answers that say so: at 100 it throttles.",
    labels: { limit: label.GRAPH_LIMIT },
    buckets: PERCENT,
  },
  whatsapp_rate_limit_remaining: {
    type: 'gauge',
    help: 'Messages that the number sent from last may still start in its running window.',
    labels: {},
  },

  outbound_message_queued_total: { type: 'counter', help: 'Messages accepted for sending.', labels: { channel } },
  outbound_message_sent_total: { type: 'counter', help: 'Messages that Meta accepted.', labels: { channel } },
  outbound_message_failed_total: {
    type: 'counter',
    help: 'Messages that failed for good, by code.',
    labels: { channel, error_code: label.ERROR_CODE },
  },
  outbound_message_queue_depth: { type: 'gauge', help: 'Messages that are due and have not left.', labels: {} },
  outbound_message_dlq_size: { type: 'gauge', help: 'Messages that are dead letters.', labels: {} },

  outbound_message_accept_refused_total: {
    type: 'counter',
    help: 'Messages refused at acceptance, by the code of the problem.',
    labels: { error_code: label.PROBLEM_CODE },
  },
  outbound_message_accept_paused_total: {
    type: 'counter',
    help: 'Requests that waited for a moment because messages of their number leave late.',
    labels: {},
  },
  outbound_message_turn_seconds: {
    type: 'histogram',
    help: 'How long a worker held a number in one turn of sending.',
    labels: {},
    buckets: SECONDS,
  },
  outbound_message_fenced_total: {
    type: 'counter',
    help: 'Marks and results refused because another attempt or lease had the message.',
    labels: {},
  },
  outbound_message_doubt_settled_total: {
    type: 'counter',
    help: 'Messages of unknown outcome that no status explained in time: parked as dead letters, or sent once more.',
    labels: { how: label.DOUBT_END },
  },
  message_duplicates_suspected_total: {
    type: 'counter',
    help: 'Messages of which Meta accepted two attempts: the customer may have them twice.',
    labels: {},
  },
  outbound_message_due_wait_seconds: {
    type: 'histogram',
    help: 'Time between being due and leaving.',
    labels: {},
    buckets: [...SECONDS, 60, 300, 1_800],
  },
  number_breaker_changes_total: {
    type: 'counter',
    help: 'Circuit breakers of numbers that opened or closed.',
    labels: { to: label.BREAKER_CHANGE },
  },
  outbound_courtesy_per_second: {
    type: 'gauge',
    help: 'Messages a second that tenants with a backlog may send in this process while others send now and then; 0 where nobody minds.',
    labels: {},
  },
  number_leases: { type: 'gauge', help: 'Numbers that this process sends for now.', labels: {} },

  webhook_received_total: { type: 'counter', help: 'Webhooks stored and answered with 200.', labels: {} },
  webhook_rejected_total: {
    type: 'counter',
    help: 'Webhooks not taken, by reason.',
    labels: { reason: label.WEBHOOK_REJECTION },
  },
  webhook_events_total: {
    type: 'counter',
    help: 'Events of the ledger by the state they came to.',
    labels: { state: label.LEDGER_STATE },
  },
  webhook_items_total: {
    type: 'counter',
    help: 'Items of webhooks by kind and outcome.',
    labels: { kind: label.ITEM_KIND, outcome: label.ITEM_OUTCOME },
  },
  webhook_backlog_age_seconds: {
    type: 'gauge',
    help: 'Age of the oldest event that is not processed yet; 0 when there is none.',
    labels: {},
  },
  message_statuses_total: {
    type: 'counter',
    help: 'Statuses that changed a message.',
    labels: { status: label.DELIVERY_STATUS },
  },
  message_delay_seconds: {
    type: 'histogram',
    help: "Time between Meta's timestamp of an item and its being applied.",
    labels: {},
    buckets: [...SECONDS, 60, 300, 3_600, 86_400],
  },

  limiter_mode: {
    type: 'gauge',
    help: '1 for the place where the limiter counts now, 0 for the other.',
    labels: { mode: label.LIMITER_MODE },
  },
  limiter_violations_total: {
    type: 'counter',
    help: 'Answers of Meta that say a limit was passed, by code.',
    labels: { error_code: label.ERROR_CODE },
  },
  limiter_throttled_total: {
    type: 'counter',
    help: 'Times that a message had to wait for a limit, by which: throughput, pair, tier, quota.',
    labels: { cause: label.LIMIT_CAUSE },
  },
  limiter_given_back_total: {
    type: 'counter',
    help: 'Permits given back because their start time had passed.',
    labels: {},
  },

  batcher_set_rows: { type: 'histogram', help: 'Rows in a set.', labels: { batcher: label.BATCHER }, buckets: ROWS },
  batcher_wait_seconds: {
    type: 'histogram',
    help: 'How long the oldest row of a set waited before the set was sent.',
    labels: { batcher: label.BATCHER },
    buckets: SECONDS,
  },
  batcher_flush_seconds: {
    type: 'histogram',
    help: 'How long a set took until it was committed.',
    labels: { batcher: label.BATCHER },
    buckets: SECONDS,
  },
  batcher_queue_bytes: { type: 'gauge', help: 'Bytes that wait for a set.', labels: { batcher: label.BATCHER } },
  batcher_refused_total: {
    type: 'counter',
    help: 'Rows refused because too much was waiting.',
    labels: { batcher: label.BATCHER },
  },
  batcher_sets_total: {
    type: 'counter',
    help: 'Sets by how they went.',
    labels: { batcher: label.BATCHER, outcome: label.SET_OUTCOME },
  },
  database_connections: {
    type: 'gauge',
    help: 'Connections of the pools; waiting counts callers.',
    labels: { role: label.DATABASE_ROLE, state: label.CONNECTION_STATE },
  },

  campaign_recipients_total: {
    type: 'counter',
    help: 'Recipients of campaigns by what became of them at feeding; one that is given back is fed later.',
    labels: { outcome: label.CAMPAIGN_OUTCOME },
  },

  automation_steps_total: {
    type: 'counter',
    help: 'Steps of automatic answers that ran, by how they ended. Those that had nothing to do are not counted.',
    labels: { step: label.AUTOMATION_STEP, outcome: label.AUTOMATION_OUTCOME },
  },
  automation_step_duration_seconds: {
    type: 'histogram',
    help: 'How long the steps took that ask an endpoint.',
    labels: { step: label.AUTOMATION_STEP },
    buckets: SECONDS,
  },
  automation_tokens_total: { type: 'counter', help: 'Tokens of language models that automatic answers used.', labels: {} },
  automation_breaker_changes_total: {
    type: 'counter',
    help: "Circuit breakers before tenants' endpoints that opened or closed.",
    labels: { step: label.AUTOMATION_STEP, change: label.BREAKER_CHANGE },
  },

  broker_messages_total: {
    type: 'counter',
    help: 'Messages of the broker by what became of them.',
    labels: { outcome: label.BROKER_OUTCOME },
  },
  job_runs_total: { type: 'counter', help: 'Runs of jobs.', labels: { job: label.JOB, outcome: label.JOB_OUTCOME } },
  job_duration_seconds: { type: 'histogram', help: 'How long jobs ran.', labels: { job: label.JOB }, buckets: SECONDS },
  job_wakes_lost_total: {
    type: 'counter',
    help: 'Wake-ups that Redis did not take; the poll finds the work.',
    labels: { job: label.JOB },
  },
  sweeper_repaired_total: {
    type: 'counter',
    help: 'Rows that the sweeper set right.',
    labels: { repair: label.SWEEP_REPAIR },
  },
  search_messages_indexed_total: { type: 'counter', help: 'Messages that were made findable, or findable by their new text.', labels: {} },
  search_lag_seconds: { type: 'gauge', help: 'Age of the oldest message that the search does not know yet.', labels: {} },
  stats_hours_counted_total: { type: 'counter', help: "Hours of a tenant that were counted for its statistics, or counted anew.", labels: {} },

  http_requests_total: {
    type: 'counter',
    help: 'Requests answered.',
    labels: { route: label.ROUTE, method: label.HTTP_METHOD, status: label.STATUS_CLASS },
  },
  http_request_errors_total: {
    type: 'counter',
    help: 'Requests answered with a problem, by its code.',
    labels: { route: label.ROUTE, error_code: label.PROBLEM_CODE },
  },
  http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time until a request was answered.',
    labels: { route: label.ROUTE, method: label.HTTP_METHOD },
    buckets: SECONDS,
  },
  auth_failures_total: { type: 'counter', help: 'Credentials refused.', labels: { kind: label.AUTH_KIND } },
  cache_reads_total: {
    type: 'counter',
    help: 'Reads of caches by outcome.',
    labels: { cache: label.CACHE, outcome: label.CACHE_OUTCOME },
  },
  lookup_requests_total: {
    type: 'counter',
    help: "Questions to tenants' own systems about customers and orders, by what was said. What a cache answers is not counted.",
    labels: { outcome: label.LOOKUP_OUTCOME },
  },

  conversation_changes_total: {
    type: 'counter',
    help: 'What happened to conversations by themselves: answers noted, questions escalated, idle ones noted, resolved, archived.',
    labels: { change: label.CONVERSATION_CHANGE },
  },
  events_published_total: { type: 'counter', help: 'Events written for tenants.', labels: { event: label.EVENT } },
  events_received_total: {
    type: 'counter',
    help: 'Messages received from customers.',
    labels: { type: label.MESSAGE_TYPE },
  },

  alerts_total: { type: 'counter', help: 'Incidents opened.', labels: { kind: label.ALERT_KIND } },
  alerts_resolved_total: { type: 'counter', help: 'Incidents that are over.', labels: { kind: label.ALERT_KIND } },
  alert_rounds_total: {
    type: 'counter',
    help: 'Looks for incidents, by how they ended. Of several workers one looks at a time.',
    labels: { outcome: label.ALERT_ROUND },
  },
  alert_deliveries_total: {
    type: 'counter',
    help: 'Messages about incidents to a channel, by how it went.',
    labels: { channel: label.ALERT_CHANNEL, outcome: label.ALERT_DELIVERY },
  },
  outbound_message_stuck_alert_total: {
    type: 'counter',
    help: 'Incidents of stuck messages, by the status in which they are.',
    labels: { channel, status: label.STUCK_STATUS },
  },
  outbound_message_dead_letter_alert_total: { type: 'counter', help: 'Incidents of growing dead letters.', labels: {} },
  outbound_alert_email_sent_total: {
    type: 'counter',
    help: 'Emails about incidents that the mail server took.',
    labels: { severity: label.ALERT_SEVERITY },
  },
  outbound_alert_slack_sent_total: {
    type: 'counter',
    help: 'Messages about incidents that Slack took.',
    labels: { severity: label.ALERT_SEVERITY },
  },
} as const satisfies Record<string, MetricDeclaration>;

export type MetricName = keyof typeof METRICS;
type OfType<T extends MetricDeclaration['type']> = {
  [N in MetricName]: (typeof METRICS)[N]['type'] extends T ? N : never;
}[MetricName];

export type CounterName = OfType<'counter'>;
export type GaugeName = OfType<'gauge'>;
export type HistogramName = OfType<'histogram'>;

type ValueOf<L> = L extends readonly (infer V)[] ? V : string;
type LabelTable<N extends MetricName> = (typeof METRICS)[N]['labels'];

/** The labels of a metric with the values that they may take. */
export type LabelsOf<N extends MetricName> = { readonly [L in keyof LabelTable<N>]: ValueOf<LabelTable<N>[L]> };

/** The arguments after the metric's name: its labels, unless it has none. */
export type LabelArguments<N extends MetricName> = keyof LabelTable<N> extends never ? [] : [labels: LabelsOf<N>];
