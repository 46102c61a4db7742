import { DomainError, type AudienceEntry, type AudienceFault } from '@parley/domain';
import { spreadsheetPhone } from '../../csv/spreadsheet-phone.js';

/** Names of columns that mean more than a value for the template, in any case. */
const NAMES: Readonly<Record<'to' | 'contactId' | 'locale' | 'timeZone', readonly string[]>> = {
  to: ['phone', 'to', 'mobile', 'telephone', 'telefon', 'phone number', 'phone_number'],
  contactId: ['contactid', 'contact_id'],
  locale: ['locale', 'language', 'lang'],
  timeZone: ['timezone', 'time_zone', 'time zone', 'tz'],
};
const MOST_COLUMNS = 54;

type Special = keyof typeof NAMES;

const SPECIAL: ReadonlyMap<string, Special> = new Map(
  (Object.keys(NAMES) as Special[]).flatMap((kind) => NAMES[kind].map((name) => [name, kind] as const)),
);

/** What the first line of a file says of the cells of the others. */
export class AudienceColumns {
  private readonly places = new Map<Special, number>();
  private readonly fields: readonly { name: string; at: number }[];
  private readonly width: number;

  /**
   * @param names the first line
   * @param country of phone numbers without a calling code
   * @param phoneColumn the caller's name of the column with the phone number; no other is one then
   * @throws csv.invalid
   */
  constructor(
    names: readonly string[],
    private readonly country: string | undefined,
    phoneColumn?: string,
  ) {
    const cells = names.map((name) => name.trim());
    while (cells.at(-1) === '') cells.pop();
    refuse(cells);
    this.width = cells.length;
    this.fields = cells.flatMap((name, at) => {
      const kind = kindOf(name.toLowerCase(), phoneColumn?.toLowerCase());
      if (kind === undefined || this.places.has(kind)) return [{ name, at }];
      this.places.set(kind, at);
      return [];
    });
    if (!this.places.has('to') && !this.places.has('contactId')) throw invalid('the first line must name a column phone or contactId');
  }

  /** The entry of a row, to be read as one of a list, with the country of its phone number; or what is wrong with the row. */
  entryOf(cells: readonly string[]): AudienceEntry | AudienceFault {
    if (cells.slice(this.width).some((cell) => cell.trim() !== '')) return 'row.columns';
    // What the encoding does not have was decoded to U+FFFD.
    if (cells.some((cell) => cell.includes('\ufffd'))) return 'text.invalid-character';
    const [to, contactId, locale, timeZone] = (['to', 'contactId', 'locale', 'timeZone'] as const).map((kind) => this.cell(cells, kind));
    const fields = this.fields.flatMap(({ name, at }) => {
      const value = cells[at]?.trim() ?? '';
      return value === '' ? [] : [[name, value] as const];
    });
    return {
      ...(to !== undefined && { to: this.country === undefined ? spreadsheetPhone(to) : to }),
      ...(contactId !== undefined && to === undefined && { contactId }),
      ...(locale !== undefined && { locale }),
      ...(timeZone !== undefined && { timeZone }),
      ...(fields.length > 0 && { fields: Object.fromEntries(fields) }),
    };
  }

  private cell(cells: readonly string[], kind: Special): string | undefined {
    const at = this.places.get(kind);
    const value = at === undefined ? '' : (cells[at]?.trim() ?? '');
    return value === '' ? undefined : value;
  }
}

function kindOf(name: string, phoneColumn: string | undefined): Special | undefined {
  if (name === phoneColumn) return 'to';
  const kind = SPECIAL.get(name);
  return kind === 'to' && phoneColumn !== undefined ? undefined : kind;
}

function refuse(names: readonly string[]): void {
  if (names.length > MOST_COLUMNS) throw invalid(`there are ${names.length} columns; at most ${MOST_COLUMNS} are taken`);
  if (names.includes('')) throw invalid('each column needs a name');
  if (names.some((name) => name.includes('\ufffd'))) throw invalid('the names are not in the encoding of the file; name its charset');
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) throw invalid('two columns have the same name');
}

function invalid(detail: string): DomainError {
  return new DomainError('csv.invalid', `At line 1: ${detail}.`);
}
