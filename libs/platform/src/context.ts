import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What is known about the piece of work that is running: an HTTP request, or a job. */
export interface RequestContext {
  /** The id that the answer carries as `Request-Id`; a job has its own, or that of the request that caused it. */
  readonly requestId: string;
  /** Set once the caller is known. */
  tenantId?: string;
  /** Names and ids of the job that is running: `{ job: 'number.wake', phoneNumberId: '…' }`. Ids only. */
  readonly correlation?: Readonly<Record<string, string>>;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work`, and all that it awaits, inside a context. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context that is running; undefined at boot and in timers of the process itself. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Notes the tenant of the request that is running, for logs and problems. Without a context it does nothing. */
export function noteTenant(tenantId: string): void {
  const context = storage.getStore();
  if (context) context.tenantId = tenantId;
}

/** A new request id: a UUID of version 7, so that logs sort by it. */
export function newRequestId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  // randomUUID draws from a pool that Node fills ahead; only its random part (after the version digit) is kept.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

const SANE_REQUEST_ID = /^[\w.-]{8,64}$/;

/** The id that the caller sent in the header `Request-Id` if it is sane (8 to 64 of `A-Z a-z 0-9 _ . -`), or a new one. */
export function requestIdFrom(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && SANE_REQUEST_ID.test(header) ? header : newRequestId();
}
