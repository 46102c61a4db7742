import { CONSENT_IMPORT_FIELDS, DomainError, readImportedConsent, type ConsentImportField, type ConsentRowFault, type ImportedConsent } from '@parley/domain';
import { spreadsheetPhone } from '../csv/spreadsheet-phone.js';

/** Names of columns in any case, and what else they may be called. */
const NAMES: Readonly<Record<ConsentImportField, readonly string[]>> = {
  phone: ['phone', 'to', 'mobile', 'telephone', 'telefon', 'phone number', 'phone_number'],
  purpose: ['purpose', 'purposes', 'scop'],
  status: ['status', 'stare'],
  at: ['at', 'date', 'data', 'decided_at', 'decidedat'],
  source: ['source', 'sursa', 'sursă'],
  evidence: ['evidence', 'proof', 'dovada', 'dovadă'],
  numberId: ['numberid', 'number_id'],
};

const REQUIRED: readonly ConsentImportField[] = ['phone', 'purpose', 'status', 'at', 'source'];

/** What the first line of a file says of the cells of the others; other columns are not read. */
export class CsvConsents {
  private readonly places: ReadonlyMap<ConsentImportField, number>;
  private readonly width: number;

  /**
   * @param names the first line
   * @param country of phone numbers without a calling code
   * @param phoneColumn the caller's name of the column with the phone number
   * @throws csv.invalid
   */
  constructor(
    names: readonly string[],
    private readonly country: string | undefined,
    phoneColumn?: string,
  ) {
    const cells = names.map((name) => name.trim().toLowerCase());
    const place = (field: ConsentImportField): number => cells.findIndex((cell) => (field === 'phone' && phoneColumn ? [phoneColumn.toLowerCase()] : NAMES[field]).includes(cell));
    this.places = new Map(CONSENT_IMPORT_FIELDS.map((field) => [field, place(field)] as const).filter(([, at]) => at >= 0));
    this.width = cells.length;
    const missing = REQUIRED.filter((field) => !this.places.has(field));
    if (missing.length > 0) throw new DomainError('csv.invalid', `At line 1: columns are missing: ${missing.join(', ')}.`);
  }

  /** What a row says, or what is wrong with it. */
  read(cells: readonly string[], now: Date): ImportedConsent | ConsentRowFault {
    if (cells.slice(this.width).some((cell) => cell.trim() !== '')) return 'row.columns';
    // What the encoding does not have was decoded to U+FFFD.
    if (cells.some((cell) => cell.includes('\ufffd'))) return 'text.invalid-character';
    const row = Object.fromEntries([...this.places].map(([field, at]) => [field, cells[at]?.trim() ?? ''] as const));
    const phone = row['phone'] ?? '';
    return readImportedConsent({ ...row, phone: this.country === undefined ? spreadsheetPhone(phone) : phone }, now, this.country);
  }
}
