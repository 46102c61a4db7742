import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { findLedgerEvent, ledgerLag, lookIntoLedger, notedItems, SystemDb, type LedgerEventRow, type NotedItem } from '@parley/data';
import { DomainError, itemMatches, parseEnvelope, parseExactJson, payloadMatches, payloadPath, type LedgerItemFilter, type PayloadPath, type WebhookItem } from '@parley/domain';
import { found } from '../http/id.js';
import { cursorOf, windowOf } from '../http/page.js';
import { findNumberNames } from './find-number-names.js';
import type { LedgerEventQuery } from './ledger-event.query.js';
import { ledgerEventView, ledgerItemViews, type LedgerEventDetailView, type LedgerEventsPage, type LedgerEventView, type LedgerLagView } from './ledger-event.view.js';

/** Webhooks whose bodies are looked into for one page at most. */
const LOOKED_INTO = 500;
/** So much is read between two breaths: requests of others must not wait for an operator's search. */
const BREATHE_EVERY_BYTES = 256 * 1024;

/** What a look asks of an event beside its place in the ledger. */
interface Wanted {
  readonly items: LedgerItemFilter;
  readonly path: PayloadPath | null;
  /** Whether events are to be sorted out after they were read. */
  readonly isNarrow: boolean;
}

interface Looked {
  readonly row: LedgerEventRow;
  readonly items: readonly WebhookItem[] | null;
}

/** The ledger, for operators: what came, when it was processed, and what became of each item. */
@Injectable()
export class ReadLedger {
  constructor(private readonly db: SystemDb) {}

  lag(): Promise<LedgerLagView> {
    return ledgerLag(this.db);
  }

  /** One page, newest first. It may be short, or empty, and not the last: `looked` and `lookedTo` say how far it went. */
  async list(query: LedgerEventQuery): Promise<LedgerEventsPage> {
    const wanted = await this.wantedOf(query);
    const { take, before } = windowOf(query);
    const { state, from, to, limit } = query;
    const window = { ...(state && { state }), ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...(before !== undefined && { before }) };
    const rows = await lookIntoLedger(this.db, window, wanted.isNarrow ? LOOKED_INTO : take);
    const meant: Looked[] = [];
    let looked = 0;
    for (let bytes = 0; looked < rows.length && meant.length < limit; looked += 1) {
      const row = rows[looked]!;
      const one = { row, items: itemsOf(row) };
      if (isMeant(one, wanted, query)) meant.push(one);
      bytes += row.body.length;
      if (bytes > BREATHE_EVERY_BYTES) bytes = (await breathe(), 0);
    }
    const last = rows[looked - 1];
    const hasMore = looked < (rows[0]?.found ?? 0) || (rows[0]?.found ?? 0) === LOOKED_INTO;
    const data = await this.viewsOf(meant);
    return { data, hasMore, nextCursor: hasMore && last ? cursorOf(last.id) : null, looked, lookedTo: last?.receivedAt ?? null };
  }

  /** @throws resource.not-found */
  async find(id: string): Promise<LedgerEventDetailView> {
    const row = found(await findLedgerEvent(this.db, id));
    const [items, noted] = [itemsOf(row), await notedItems(this.db, [id])];
    const body = jsonOf(row.body);
    const bodyBase64 = body === undefined ? row.body.toString('base64') : null;
    return { ...ledgerEventView(row, items, noted), items: ledgerItemViews(row, items, noted), body: body ?? null, bodyBase64 };
  }

  private async wantedOf({ state, kind, number, path, value }: LedgerEventQuery): Promise<Wanted> {
    const names = number === undefined ? undefined : await findNumberNames(this.db, number, '/number');
    const place = path === undefined ? null : payloadPath(path, value ?? null);
    if (place === null && (path !== undefined || value !== undefined)) throw badPath(path === undefined ? '/value' : '/path');
    const items = { ...(kind !== undefined && { kind }), ...(names && { number: names }) };
    return { items, path: place, isNarrow: state === 'DONE' || kind !== undefined || names !== undefined || place !== null };
  }

  private async viewsOf(meant: readonly Looked[]): Promise<LedgerEventView[]> {
    const noted = new Map<string, NotedItem[]>(meant.map(({ row }) => [row.id, []]));
    for (const item of await notedItems(this.db, [...noted.keys()])) noted.get(item.eventId)?.push(item);
    return meant.map(({ row, items }) => ledgerEventView(row, items, noted.get(row.id) ?? []));
  }
}

function isMeant({ row, items }: Looked, { items: filter, path, isNarrow }: Wanted, { state }: LedgerEventQuery): boolean {
  if (!isNarrow) return true;
  if (state !== undefined && row.state !== state) return false;
  const asksForItems = filter.kind !== undefined || filter.number !== undefined;
  if (asksForItems && !(items ?? []).some((item) => itemMatches(item, filter))) return false;
  return path === null || payloadMatches(jsonOf(row.body), path);
}

function itemsOf({ body }: LedgerEventRow): readonly WebhookItem[] | null {
  const parsed = parseEnvelope(body);
  return parsed.ok ? parsed.items : null;
}

/** The body as JSON that can be served; undefined for bytes that are none, or nested so deeply that nobody could read them. */
function jsonOf(body: Buffer): unknown {
  try {
    const value = parseExactJson(body.toString('utf8'));
    JSON.stringify(value);
    return value;
  } catch {
    // Whoever asks gets the bytes.
    return undefined;
  }
}

function badPath(pointer: string): DomainError {
  const detail = 'path is a JSON pointer such as /entry/0/id, or a dotted path such as entry.changes.field; value needs it';
  return new DomainError('request.invalid', detail, { errors: [{ pointer, code: 'field.invalid', detail }] });
}
