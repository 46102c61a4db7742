import { Injectable } from '@nestjs/common';
import { beginReplay, findReplay, SystemDb, type ReplayFilter } from '@parley/data';
import { DomainError } from '@parley/domain';
import { JobProducer } from '@parley/queue';
import { found } from '../http/id.js';
import { findNumberNames } from './find-number-names.js';
import { replayView, type ReplayFilterDto, type ReplayView, type StartReplayDto } from './replay.dto.js';

/** Webhooks that are applied once more: asked for here, done by the worker. */
@Injectable()
export class Replays {
  constructor(
    private readonly db: SystemDb,
    private readonly producer: JobProducer,
  ) {}

  /** @throws request.invalid where the filter would mean the whole ledger */
  async begin({ filter, dryRun = true }: StartReplayDto, actor: string): Promise<ReplayView> {
    const row = await beginReplay(this.db, actor, await this.filterOf(filter), dryRun);
    this.producer.wake('ledger.wake', {});
    return replayView(row);
  }

  /** @throws resource.not-found */
  async find(id: string): Promise<ReplayView> {
    return replayView(found(await findReplay(this.db, id)));
  }

  private async filterOf({ eventIds, number, kind, from, to }: ReplayFilterDto): Promise<ReplayFilter> {
    if (eventIds === undefined && number === undefined && from === undefined) {
      const detail = 'Give at least one of eventIds, number and from.';
      throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/filter', code: 'field.invalid', detail }] });
    }
    const names = number === undefined ? undefined : await findNumberNames(this.db, number, '/filter/number');
    return { ...(eventIds && { eventIds }), ...(names && { number: names }), ...(kind !== undefined && { kind }), ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  }
}
