import { Injectable } from '@nestjs/common';
import { EventReader, forgetTexts, readTextSources, SystemDb, takeTextChanges, writeTexts, type EventConsumer, type ReadEvent, type SystemTx, type TextKey } from '@parley/data';
import { Metrics } from '@parley/platform';
import { SingleRun } from '../single-run.js';
import { searchableFields } from './searchable-fields.js';

const SEARCH: EventConsumer = {
  name: 'search',
  from: 'beginning',
  types: [
    'whatsapp.message_accepted',
    'whatsapp.message_received',
    'whatsapp.message_echoed',
    'whatsapp.message_edited',
    'whatsapp.message_revoked',
    'whatsapp.history_stored',
  ],
};
const SET = 500;
/** Most events are none of those. */
const EVENTS_A_SET = 2_000;

/** Keeps the search up with what is said: behind the scenes, so that no message waits for it. */
@Injectable()
export class IndexMessages {
  private readonly single = new SingleRun((signal) => this.index(signal));
  private readonly reader: EventReader;

  constructor(
    private readonly db: SystemDb,
    private readonly metrics: Metrics,
  ) {
    this.reader = new EventReader(db);
  }

  /** Runs until there is nothing new, or the signal says stop. Two processes at once share nothing: one of them rests. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  /** How old the oldest news is that the search does not know, in seconds. */
  lagSeconds(): Promise<number> {
    return this.reader.lagSeconds(SEARCH);
  }

  private async index(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const read = await this.reader.read(SEARCH, EVENTS_A_SET, (tx, events) => this.indexAll(tx, events.flatMap(messagesOf)));
      const changed = await this.indexChanges();
      if (read < EVENTS_A_SET && changed < SET) return;
    }
  }

  private indexChanges(): Promise<number> {
    return this.db.transaction(async (tx) => {
      const keys = await takeTextChanges(tx, SET);
      await this.indexAll(tx, keys);
      return keys.length;
    });
  }

  /** One event may stand for half a year of history. */
  private async indexAll(tx: SystemTx, keys: readonly TextKey[]): Promise<void> {
    for (let from = 0; from < keys.length; from += SET) await indexSet(tx, keys.slice(from, from + SET));
    if (keys.length > 0) this.metrics.add('search_messages_indexed_total', keys.length);
  }
}

async function indexSet(tx: SystemTx, keys: readonly TextKey[]): Promise<void> {
  const sources = await readTextSources(tx, keys);
  await forgetTexts(tx, sources.filter(({ isRevoked }) => isRevoked));
  await writeTexts(tx, sources.filter(({ isRevoked }) => !isRevoked).map((source) => ({ source, fields: searchableFields(source) })));
}

/** The messages that an event is about. */
function messagesOf({ tenantId, type, resourceId, data }: ReadEvent): TextKey[] {
  if (type !== 'whatsapp.history_stored') return [{ tenantId, id: resourceId }];
  return (data['messageIds'] as string[]).map((id) => ({ tenantId, id }));
}
