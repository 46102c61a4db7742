import { ALERT_KINDS, ALERT_SEVERITIES, AUTOMATION_STEP_TYPES, ERRORS, EVENTS, type ErrorCode } from '@parley/domain';

/** A label whose values another catalogue lists (routes, jobs, Batchers): at most `limit` of them, the rest is `other`. */
export interface BoundedLabel {
  readonly boundedBy: string;
  readonly limit: number;
}

/** A label takes one of a closed set of values, or those of another catalogue. */
export type Label = readonly string[] | BoundedLabel;

const bounded = (boundedBy: string, limit: number): BoundedLabel => ({ boundedBy, limit });

export const CHANNEL = ['WHATSAPP'] as const;
export const MESSAGE_TYPE = ['text', 'template', 'media', 'interactive', 'other'] as const;
/** How one POST to Meta ended. */
export const SEND_STATUS = ['accepted', 'retry', 'failed', 'unknown'] as const;
/** How one attempt to fetch a customer's media ended. */
export const MEDIA_DOWNLOAD_STATUS = ['success', 'not_found', 'error'] as const;
/** What happens to conversations without anybody. */
export const CONVERSATION_CHANGE = ['answered', 'due_soon', 'breached', 'idle', 'auto_closed', 'archived'] as const;
/** What a status webhook says. */
export const DELIVERY_STATUS = ['sent', 'delivered', 'read', 'played', 'failed', 'other'] as const;
export const GRAPH_ENDPOINT = [
  'messages',
  'media',
  'media_content',
  'message_templates',
  'template',
  'account',
  'phone_numbers',
  'phone_number',
  'health_status',
  'request_code',
  'verify_code',
  'register',
  'deregister',
  'subscribed_apps',
  'business_profile',
  'block_users',
  'uploads',
  'oauth',
  'other',
] as const;
/** Whose calls Meta counts: the app's as a whole, or those to one account. */
export const GRAPH_LIMIT = ['app', 'account'] as const;
export const HTTP_METHOD = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OTHER'] as const;
export const STATUS_CLASS = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
export const WEBHOOK_REJECTION = [
  'signature_missing',
  'signature_malformed',
  'signature_invalid',
  'app_unknown',
  'handshake_refused',
  'too_large',
  'overloaded',
  'database_unavailable',
] as const;
export const LEDGER_STATE = ['NEW', 'DONE', 'PARTIAL', 'DEAD'] as const;
export const ITEM_KIND = ['status', 'message', 'template', 'number', 'account', 'consent', 'contact', 'echo', 'history', 'unknown'] as const;
export const ITEM_OUTCOME = ['applied', 'duplicate', 'stored', 'retry', 'unrouted', 'refused', 'dead'] as const;
export const LIMITER_MODE = ['redis', 'database'] as const;
/** The limits for which a message waits. */
export const LIMIT_CAUSE = ['throughput', 'pair', 'tier', 'quota'] as const;
export const JOB_OUTCOME = ['completed', 'failed', 'delayed'] as const;
export const SET_OUTCOME = ['committed', 'halved', 'failed', 'connection_lost'] as const;
export const ALERT_KIND = ALERT_KINDS;
export const ALERT_SEVERITY = ALERT_SEVERITIES;
export const ALERT_CHANNEL = ['email', 'slack', 'log'] as const;
export const ALERT_DELIVERY = ['sent', 'retry', 'failed'] as const;
export const ALERT_ROUND = ['completed', 'failed'] as const;
/** The public statuses in which a message can be stuck. */
export const STUCK_STATUS = ['QUEUED', 'SENDING'] as const;
export const SWEEP_REPAIR = [
  'dispatched_expired',
  'sending_expired',
  'pair_freed',
  'message_expired',
  'wake_lost',
  'ledger_retried',
  'idempotency_key_dropped',
  'partition_made',
  'table_analyzed',
  'partition_dropped',
] as const;
export const DOUBT_END = ['parked', 'resent'] as const;
/** What became of a message of the broker. */
export const BROKER_OUTCOME = ['accepted', 'duplicate', 'refused', 'requeued'] as const;
export const BREAKER_CHANGE = ['opened', 'closed'] as const;
/** What became of a campaign's recipient at feeding. */
export const CAMPAIGN_OUTCOME = ['fed', 'skipped', 'given_back'] as const;
/** What a step of a chain of automatic answers is, and how it ended. */
export const AUTOMATION_STEP = AUTOMATION_STEP_TYPES;
export const AUTOMATION_OUTCOME = ['answered', 'passed', 'handed_over', 'failed'] as const;
export const DATABASE_ROLE = ['app', 'system'] as const;
export const CONNECTION_STATE = ['busy', 'idle', 'waiting'] as const;
export const AUTH_KIND = ['api_key', 'jwt', 'other'] as const;
/** What a tenant's own system said. */
export const LOOKUP_OUTCOME = ['found', 'nothing', 'failed'] as const;
export const CACHE_OUTCOME = ['hit', 'miss', 'unavailable'] as const;

export const ROUTE = bounded('the routes of the API', 200);
export const JOB = bounded('the job catalogue', 100);
export const BATCHER = bounded('the names of the Batchers', 30);
export const EVENT = EVENTS;
export const CACHE = bounded('the names of the caches', 20);
/** The codes of problems. */
export const PROBLEM_CODE = Object.keys(ERRORS) as readonly ErrorCode[];
/** Graph's codes and our own reasons. Meta documents about 100 of them. */
export const ERROR_CODE = bounded("Graph's codes and Parley's reasons", 200);
