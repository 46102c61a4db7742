import { ApiProperty } from '@nestjs/swagger';
import type { LedgerEventRow, NotedItem } from '@parley/data';
import type { WebhookItem } from '@parley/domain';
import { EVENT_STATES } from './ledger-event.query.js';

const ITEM_STATES = ['NEW', 'DONE', 'RETRY', 'UNROUTED', 'REFUSED', 'DEAD'] as const;
/** Items of an event that a list shows at most. */
const SHOWN = 20;

/** One item of a webhook and what became of it. */
export class LedgerItemView {
  @ApiProperty({ example: '/entry/0/changes/0/value/statuses/0', description: 'JSON pointer into the body.' })
  path!: string;

  @ApiProperty({ example: 'status' })
  kind!: string;

  @ApiProperty({ type: String, nullable: true, example: '106540352242922' })
  graphNumberId!: string | null;

  @ApiProperty({ enum: ITEM_STATES, description: 'DONE: applied, or stored where nothing follows from it. UNROUTED: for a number that nobody has, or a module that is off.' })
  state!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Whose it is, where it did not apply at the first pass.' })
  tenantId!: string | null;

  @ApiProperty({ example: 1 })
  attempts!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  nextAt!: Date | null;

  @ApiProperty({ type: String, nullable: true, example: 'status.message-unknown' })
  error!: string | null;
}

/** A webhook of the ledger. */
export class LedgerEventView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: EVENT_STATES })
  state!: string;

  @ApiProperty({ example: '1001', description: 'The Meta app whose secret verified it.' })
  metaAppId!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: "The organisation of that app; null: the platform's." })
  appTenantId!: string | null;

  @ApiProperty({ format: 'date-time' })
  receivedAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  processedAt!: Date | null;

  @ApiProperty({ example: 84, description: 'Milliseconds from its receipt until it was processed, or until now.' })
  lagMs!: number;

  @ApiProperty({ type: String, nullable: true, example: 'json.malformed', description: 'Why it is no envelope.' })
  error!: string | null;

  @ApiProperty({ example: 612 })
  bytes!: number;

  @ApiProperty({ type: [String], example: ['message', 'status'], description: 'The kinds of its items.' })
  kinds!: string[];

  @ApiProperty({ example: 3 })
  itemCount!: number;

  @ApiProperty({ type: [LedgerItemView], description: `Items that did not apply at the first pass; ${SHOWN} at most.` })
  noted!: LedgerItemView[];
}

/** A webhook with all of it. */
export class LedgerEventDetailView extends LedgerEventView {
  @ApiProperty({ type: [LedgerItemView], description: 'Every item, in its order.' })
  items!: LedgerItemView[];

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, description: 'The body as JSON; integers that a double cannot hold are text. null where it is no JSON.' })
  body!: unknown;

  @ApiProperty({ type: String, nullable: true, description: 'The bytes, in base64, where they are no JSON.' })
  bodyBase64!: string | null;
}

/** A page of webhooks. What stands in bodies is looked for in so many of them at a time, so that a page may be short, or empty, and not the last. */
export class LedgerEventsPage {
  @ApiProperty({ type: [LedgerEventView] })
  data!: LedgerEventView[];

  @ApiProperty({ examples: [true] })
  hasMore!: boolean;

  @ApiProperty({ type: String, nullable: true, examples: [null], description: 'Goes on below the last webhook that was looked at, whether it is shown or not.' })
  nextCursor!: string | null;

  @ApiProperty({ example: 500, description: 'Webhooks that were looked at for this page.' })
  looked!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Back to which time they were looked at.' })
  lookedTo!: Date | null;
}

/** How the ledger stands. Counts end at 10,000. */
export class LedgerLagView {
  @ApiProperty({ example: 3, description: 'Webhooks that are taken and not processed.' })
  new!: number;

  @ApiProperty({ type: Number, nullable: true, example: 0.4, description: 'Age of the oldest of them, in seconds.' })
  oldestSeconds!: number | null;

  @ApiProperty({ example: 0, description: 'Items that are tried again.' })
  retry!: number;

  @ApiProperty({ example: 0, description: 'Items of numbers that nobody has connected, or whose module is off.' })
  unrouted!: number;

  @ApiProperty({ example: 0, description: 'Items in which an app spoke for what is not its own.' })
  refused!: number;

  @ApiProperty({ example: 0, description: 'Items that failed at every attempt.' })
  deadItems!: number;

  @ApiProperty({ example: 0, description: 'Webhooks that could not be read.' })
  deadEvents!: number;

  @ApiProperty({ example: 0 })
  replaysRunning!: number;
}

/** @param items null: the body is no envelope */
export function ledgerEventView(row: LedgerEventRow, items: readonly WebhookItem[] | null, noted: readonly NotedItem[]): LedgerEventView {
  const { id, state, metaAppId, appTenantId, receivedAt, processedAt, lagMs, error, body } = row;
  const kinds = [...new Set((items ?? []).map(({ kind }) => kind))];
  const shown = noted.slice(0, SHOWN).map(notedView);
  return { id, state, metaAppId, appTenantId, receivedAt, processedAt, lagMs: Math.round(lagMs), error, bytes: body.length, kinds, itemCount: items?.length ?? 0, noted: shown };
}

/** Every item of an event: what the ledger noted of it, or else what became of the event. */
export function ledgerItemViews({ state }: LedgerEventRow, items: readonly WebhookItem[] | null, noted: readonly NotedItem[]): LedgerItemView[] {
  const rows = new Map(noted.map((item) => [item.path, item]));
  return (items ?? []).map(({ path, kind, phoneNumberId }) => {
    const row = rows.get(path);
    if (row) return notedView(row);
    const isNew = state === 'NEW';
    return { path, kind, graphNumberId: phoneNumberId, state: isNew ? 'NEW' : 'DONE', tenantId: null, attempts: isNew ? 0 : 1, nextAt: null, error: null };
  });
}

function notedView({ path, kind, graphNumberId, state, tenantId, attempts, nextAt, error }: NotedItem): LedgerItemView {
  return { path, kind, graphNumberId, state, tenantId, attempts, nextAt: state === 'RETRY' ? nextAt : null, error };
}
