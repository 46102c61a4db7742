import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';
import { Settings } from './settings.js';

/** One accepted message. */
export interface LedgerEntry {
  /** Place in the ledger, from 1. */
  readonly seq: number;
  readonly wamid: string;
  readonly phoneNumberId: string;
  /** The recipient as it was written in the request. */
  readonly to: string;
  /** Digits of the recipient, or the business-scoped id. */
  readonly recipient: string;
  readonly type: string;
  readonly opaque: string | null;
  /** Unix milliseconds. */
  readonly at: number;
  /** The request; null where it was not kept, or is no longer. */
  body: JsonObject | null;
  /** The error code that the message fails with later on, if it does. */
  failure: number | null;
  /** The statuses given out so far, in their order. */
  readonly statuses: string[];
}

/** What a look into the ledger asks for. */
export interface LedgerFilter {
  readonly phoneNumberId?: string;
  readonly opaque?: string;
  readonly to?: string;
}

/** Bodies are kept of so many of the newest messages. */
const BODIES = 20_000;

/** Everything that was accepted, in order: the truth that senders are held against. The oldest make room for the newest. */
@Injectable()
export class Ledger {
  private entries: LedgerEntry[] = [];
  private byWamid = new Map<string, LedgerEntry>();
  private forgotten = 0;

  constructor(private readonly settings: Settings) {}

  /** How many of the oldest entries are gone. */
  get forgottenCount(): number {
    return this.forgotten;
  }

  append(entry: Omit<LedgerEntry, 'seq' | 'statuses'>): LedgerEntry {
    const kept: LedgerEntry = { ...entry, seq: this.forgotten + this.entries.length + 1, statuses: [] };
    this.entries.push(kept);
    this.byWamid.set(kept.wamid, kept);
    const old = this.entries[this.entries.length - 1 - BODIES];
    if (old) old.body = null;
    this.makeRoom();
    return kept;
  }

  find(wamid: string): LedgerEntry | undefined {
    return this.byWamid.get(wamid);
  }

  /** Entries behind the place `after`, oldest first. */
  list(filter: LedgerFilter, after: number, limit: number): LedgerEntry[] {
    const found: LedgerEntry[] = [];
    const from = Math.max(0, after - this.forgotten);
    for (let index = from; index < this.entries.length && found.length < limit; index += 1) {
      const entry = this.entries[index];
      if (entry && matches(entry, filter)) found.push(entry);
    }
    return found;
  }

  count(filter: LedgerFilter): number {
    return this.entries.reduce((count, entry) => count + (matches(entry, filter) ? 1 : 0), 0);
  }

  clear(): void {
    this.entries = [];
    this.byWamid = new Map();
    this.forgotten = 0;
  }

  /** Forgets a tenth at a time, so that an append costs the same whatever the capacity. */
  private makeRoom(): void {
    const { ledgerCapacity } = this.settings.values;
    if (this.entries.length <= ledgerCapacity) return;
    const gone = this.entries.splice(0, this.entries.length - ledgerCapacity + Math.floor(ledgerCapacity / 10));
    for (const { wamid } of gone) this.byWamid.delete(wamid);
    this.forgotten += gone.length;
  }
}

function matches(entry: LedgerEntry, filter: LedgerFilter): boolean {
  return (
    (filter.phoneNumberId === undefined || entry.phoneNumberId === filter.phoneNumberId) &&
    (filter.opaque === undefined || entry.opaque === filter.opaque) &&
    (filter.to === undefined || entry.recipient === filter.to)
  );
}
