import { Injectable } from '@nestjs/common';
import type { Multipart } from '@fastify/multipart';
import { DomainError, dropInvalidText, readAudienceEntry, type TenantId } from '@parley/domain';
import type { FastifyRequest } from 'fastify';
import { slowArrivals } from '../http/slow-arrivals.js';
import { discardRest, notMultipart } from '../media/install-uploads.js';
import type { AudienceCounts } from './audience-tally.js';
import { AudienceColumns } from './csv/audience-columns.js';
import { openCsv, type CsvFile } from './csv/csv-rows.js';
import { AudienceForm, type AudienceFormFields } from './audience-form.js';
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
  async receive(tenantId: TenantId, campaignId: string, request: FastifyRequest): Promise<FileReport> {
    if (!request.isMultipart()) throw notMultipart();
    const { raw } = request;
    slowArrivals.add(raw.socket);
    const timer = setTimeout(() => raw.destroy(new DomainError('request.timeout')), ARRIVAL_MS);
    try {
      return await this.read(tenantId, campaignId, request.parts({ limits: { fileSize: MOST_BYTES, files: 1, fields: 4, parts: 5 } }));
    } catch (error) {
      discardRest(request);
      throw asMalformed(error);
    } finally {
      clearTimeout(timer);
      slowArrivals.delete(raw.socket);
    }
  }

  private async read(tenantId: TenantId, campaignId: string, parts: AsyncIterableIterator<Multipart>): Promise<FileReport> {
    const form = new AudienceForm();
    for await (const part of parts) {
      if (part.type === 'field') {
        form.read(part);
        continue;
      }
      const name = dropInvalidText(part.filename ?? '').slice(-255) || null;
      // Awaited here: leaving the loop earlier would end the form.
      return await this.audience.inSets(tenantId, campaignId, 'file', name, async (upload) => {
        const report = await this.take(upload, part.file, form.fields);
        if (part.file.truncated) throw new DomainError('body.too-large', `A file has at most ${MOST_BYTES} bytes.`);
        // What else the form holds must not be wrong either, and its end must have come.
        const extra = await parts.next();
        if (extra.done !== true) throw AudienceForm.tooMuch(extra.value);
        return report;
      });
    }
    throw AudienceForm.noFile();
  }

  private async take(upload: OpenUpload, source: AsyncIterable<Buffer>, fields: AudienceFormFields): Promise<FileReport> {
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

/** What the parser of forms, and Node, say of a body that is cut or is no form. */
const CUT = /end of multipart data|terminated early|malformed part header|boundary not found|aborted|premature close/i;

function asMalformed(error: unknown): unknown {
  if (error instanceof DomainError || !(error instanceof Error) || !CUT.test(error.message)) return error;
  return new DomainError('request.malformed', 'The form is cut off, or is none; nothing of it was kept. Send all of it as multipart/form-data.', { cause: error });
}
