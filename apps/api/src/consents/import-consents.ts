import { Injectable } from '@nestjs/common';
import { consentEventsTold, ensureContacts, ownNumbers, recordConsents, SystemDb, type ConsentDecision, type RecordedConsent, type SystemTx } from '@parley/data';
import { CONSENT_ROW_FAULTS, DomainError, isJsonObject, readImportedConsent, type ConsentRowFault, type ImportedConsent, type TenantId } from '@parley/domain';
import { Clock, Metrics } from '@parley/platform';
import type { FastifyRequest } from 'fastify';
import { openCsv } from '../csv/csv-rows.js';
import { receiveCsv, type ArrivingCsv } from '../csv/receive-csv.js';
import type { ConsentImportView, ConsentRowProblemView } from './consent-import.view.js';
import { CsvConsents } from './csv-consents.js';

const MOST_ROWS = 10_000;
const MOST_BYTES = 8 * 1024 * 1024;
const ARRIVAL_MS = 60_000;
const MOST_PROBLEMS = 1_000;
/** Rows of one transaction. */
const SET = 500;

type Place = Pick<ConsentRowProblemView, 'line' | 'pointer'>;

interface PlacedConsent {
  place: Place;
  row: ImportedConsent | ConsentRowFault;
}

interface ReadRows {
  placed: PlacedConsent[];
  charset?: string;
  delimiter?: string;
}

/** Takes decisions that were made elsewhere and earlier, with their evidence. What is later than a row stands against it. */
@Injectable()
export class ImportConsents {
  constructor(
    private readonly db: SystemDb,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /**
   * A form with a CSV, or JSON with rows. The good rows are recorded, each bad one is named; the same rows again change nothing.
   * @throws csv.invalid, request.invalid, body.too-large, and as receiveCsv: then nothing was recorded
   */
  async import(tenantId: TenantId, actor: string, request: FastifyRequest): Promise<ConsentImportView> {
    const { placed, ...told } = isForm(request)
      ? await receiveCsv(request, { mostBytes: MOST_BYTES, arrivalMs: ARRIVAL_MS }, (file) => this.readFile(file))
      : this.readList(request.body);
    const owned = await this.ownedBy(tenantId, placed);
    const report: ConsentImportView = { rows: placed.length, recorded: 0, older: 0, known: 0, bad: 0, problems: [], ...told };
    const good: ImportedConsent[] = [];
    for (const { place, row } of placed) {
      const fault = typeof row === 'string' ? row : row.numberId !== null && !owned.has(row.numberId) ? 'number.not-found' : null;
      if (fault !== null) noteFault(report, fault, place);
      else if (typeof row !== 'string') good.push(row);
    }
    for (let at = 0; at < good.length; at += SET) await this.record(tenantId, actor, good.slice(at, at + SET), report);
    return report;
  }

  private async readFile(file: ArrivingCsv): Promise<ReadRows> {
    const { country, phoneColumn } = file.fields;
    const { charset, delimiter, rows } = await openCsv(file.source, file.fields);
    const placed: PlacedConsent[] = [];
    let columns: CsvConsents | undefined;
    for await (const { line, cells } of rows) {
      if (columns) placed.push({ place: { line }, row: columns.read(cells, this.clock.now()) });
      else columns = new CsvConsents(cells, country, phoneColumn);
      if (placed.length > MOST_ROWS) throw tooMany();
    }
    if (!columns) throw new DomainError('csv.invalid', 'The file is empty; its first line names the columns.');
    await file.finish();
    return { placed, charset: charset.name, delimiter };
  }

  private readList(body: unknown): ReadRows {
    const { rows, country } = isJsonObject(body) ? body : {};
    if (!Array.isArray(rows) || (country !== undefined && !(typeof country === 'string' && /^[A-Za-z]{2}$/.test(country)))) throw notRows();
    if (rows.length > MOST_ROWS) throw tooMany();
    return { placed: rows.map((row, at) => ({ place: { pointer: `/rows/${at}` }, row: readImportedConsent(row, this.clock.now(), country) })) };
  }

  private async ownedBy(tenantId: TenantId, placed: readonly PlacedConsent[]): Promise<ReadonlySet<string>> {
    const ids = new Set(placed.flatMap(({ row }) => (typeof row === 'string' || row.numberId === null ? [] : [row.numberId])));
    return new Set(ids.size === 0 ? [] : await this.db.transaction((tx) => ownNumbers(tx, tenantId, [...ids])));
  }

  private async record(tenantId: TenantId, actor: string, rows: readonly ImportedConsent[], report: ConsentImportView): Promise<void> {
    const { outcomes, told } = await this.db.transaction((tx) => write(tx, tenantId, actor, rows));
    if (told > 0) this.metrics.add('events_published_total', told, { event: 'whatsapp.consent_changed' });
    for (const outcome of outcomes) report[outcome] += 1;
  }
}

type Outcome = 'recorded' | 'older' | 'known';

async function write(tx: SystemTx, tenantId: TenantId, actor: string, rows: readonly ImportedConsent[]): Promise<{ outcomes: Outcome[]; told: number }> {
  const contacts = await ensureContacts(tx, rows.map(({ phone }) => ({ tenantId, identities: [{ kind: 'phone', value: phone }], name: null })));
  const drafts = rows.flatMap((row, at) => row.purposes.map((purpose) => ({ at, decision: decisionOf(tenantId, actor, row, contacts[at]!, purpose) })));
  const recorded = await recordConsents(tx, drafts.map(({ decision }) => decision));
  const ofRow = rows.map((): RecordedConsent[] => []);
  for (const [place, { at }] of drafts.entries()) ofRow[at]!.push(recorded[place]!);
  const told = consentEventsTold(drafts.map(({ decision }) => decision), recorded);
  return { outcomes: ofRow.map(outcomeOf), told };
}

function decisionOf(tenantId: TenantId, actor: string, row: ImportedConsent, contactId: string, purpose: string): ConsentDecision {
  const { status, source, evidence, numberId, at } = row;
  const onceKey = `import ${source} ${status} ${at.toISOString()} ${numberId ?? ''}`;
  return { tenantId, contactId, numberId, purpose, status, source, evidence, actor, messageId: null, decidedAt: at, onceKey };
}

function outcomeOf(recorded: readonly RecordedConsent[]): Outcome {
  if (recorded.every(({ id }) => id === null)) return 'known';
  return recorded.some(({ stands }) => stands) ? 'recorded' : 'older';
}

function noteFault(report: ConsentImportView, code: ConsentRowFault, place: Place): void {
  report.bad += 1;
  if (report.problems.length < MOST_PROBLEMS) report.problems.push({ ...place, code, text: CONSENT_ROW_FAULTS[code] });
}

const isForm = (request: FastifyRequest): boolean => request.isMultipart();

function tooMany(): DomainError {
  return new DomainError('body.too-large', `An import has at most ${MOST_ROWS} rows; send the rest in another.`);
}

function notRows(): DomainError {
  const detail = 'Give rows as a list, and country, if you like, as a code of ISO 3166; or send a form with a CSV.';
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/rows', code: 'field.invalid', detail }] });
}
