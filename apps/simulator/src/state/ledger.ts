import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';

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
  readonly body: JsonObject | null;
  /** The error code that the message fails with later on, if it does. */
  readonly failure: number | null;
  /** The statuses given out so far, in their order. */
  readonly statuses: string[];
}

/** What a look into the ledger asks for. */
export interface LedgerFilter {
  readonly phoneNumberId?: string;
  readonly opaque?: string;
  readonly to?: string;
}

/** Everything that was accepted, in order: the truth that senders are held against. */
@Injectable()
export class Ledger {
  private entries: LedgerEntry[] = [];
  private byWamid = new Map<string, LedgerEntry>();

  append(entry: Omit<LedgerEntry, 'seq' | 'statuses'>): LedgerEntry {
    const kept: LedgerEntry = { ...entry, seq: this.entries.length + 1, statuses: [] };
    this.entries.push(kept);
    this.byWamid.set(kept.wamid, kept);
    return kept;
  }

  find(wamid: string): LedgerEntry | undefined {
    return this.byWamid.get(wamid);
  }

  /** Entries behind the place `after`, oldest first. */
  list(filter: LedgerFilter, after: number, limit: number): LedgerEntry[] {
    const found: LedgerEntry[] = [];
    for (let index = after; index < this.entries.length && found.length < limit; index += 1) {
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
  }
}

function matches(entry: LedgerEntry, filter: LedgerFilter): boolean {
  return (
    (filter.phoneNumberId === undefined || entry.phoneNumberId === filter.phoneNumberId) &&
    (filter.opaque === undefined || entry.opaque === filter.opaque) &&
    (filter.to === undefined || entry.recipient === filter.to)
  );
}
