import { Injectable } from '@nestjs/common';
import { DomainError, readAudienceEntry, type TenantId } from '@parley/domain';
import type { FastifyRequest } from 'fastify';
import type { CsvFormFields } from '../csv/csv-form.js';
import { openCsv, type CsvFile } from '../csv/csv-rows.js';
import { receiveCsv } from '../csv/receive-csv.js';
import type { AudienceCounts } from './audience-tally.js';
import { AudienceColumns } from './csv/audience-columns.js';
import { TakeAudience, type OpenUpload, type PlacedRow } from './take-audience.js';

/** A gigabyte holds some ten million rows. */
const MOST_BYTES = 1_073_741_824;
const ARRIVAL_MS = 60 * 60_000;
/** Rows that are copied at a time: what one process has in memory of a file. */
const SET = 2_000;
/** While nothing comes, the upload says that it is still there. */
const ALIVE_MS = 15_000;

/** What is kept of a file that was taken. */
export interface FileReport extends AudienceCounts {
  charset: CsvFile['charset'];
  delimiter: string;
}

/** Takes a CSV with recipients, row by row as it arrives; nothing of it is kept unless all of it came. */
@Injectable()
export class ReceiveAudience {
  constructor(private readonly audience: TakeAudience) {}

  /**
   * @throws media-type.unsupported, request.invalid, request.malformed, request.timeout, body.too-large, csv.invalid, and as
   *   TakeAudience.list
   */
  receive(tenantId: TenantId, campaignId: string, request: FastifyRequest): Promise<FileReport> {
    return receiveCsv(request, { mostBytes: MOST_BYTES, arrivalMs: ARRIVAL_MS }, (file) =>
      this.audience.inSets(tenantId, campaignId, 'file', file.name, async (upload) => {
        const report = await this.take(upload, file.source, file.fields);
        await file.finish();
        return report;
      }),
    );
  }

  private async take(upload: OpenUpload, source: AsyncIterable<Buffer>, fields: CsvFormFields): Promise<FileReport> {
    const alive = setInterval(() => void this.audience.keepAlive(upload.key).catch(() => undefined), ALIVE_MS);
    try {
      const { charset, delimiter, rows } = await openCsv(source, fields);
      let columns: AudienceColumns | undefined;
      let set: PlacedRow[] = [];
      for await (const { line, cells } of rows) {
        if (!columns) {
          columns = new AudienceColumns(cells, fields.country, fields.phoneColumn);
          continue;
        }
        upload.tally.read();
        const entry = columns.entryOf(cells);
        const row = typeof entry === 'string' ? entry : readAudienceEntry(entry, fields.country);
        if (typeof row === 'string') upload.tally.fault(row, { line });
        else set.push({ row, place: { line } });
        if (set.length < SET) continue;
        await this.audience.addSet(upload, set);
        set = [];
      }
      if (!columns) throw new DomainError('csv.invalid', 'The file is empty; its first line names the columns.');
      await this.audience.addSet(upload, set);
      return { ...upload.tally.report(), charset, delimiter };
    } finally {
      clearInterval(alive);
    }
  }
}
