import { AUDIENCE_FAULT_POINTERS, AUDIENCE_FAULTS, type AudienceFault } from '@parley/domain';

/** One entry that was not taken. */
export interface AudienceProblem {
  /** Of a file: the line where the row begins. */
  line?: number;
  /** Of a list: a JSON pointer. */
  pointer?: string;
  code: AudienceFault;
}

/** Problems that are kept; the others are counted. */
export const MOST_PROBLEMS = 1_000;

/** What became of an audience, as it is stored and shown. */
export interface AudienceCounts {
  rows: number;
  taken: number;
  duplicates: number;
  bad: number;
  reasons: Partial<Record<AudienceFault, number>>;
  problems: AudienceProblem[];
}

/** Counts what becomes of the entries of an audience, in bounded memory. */
export class AudienceTally {
  private readonly counts: AudienceCounts = { rows: 0, taken: 0, duplicates: 0, bad: 0, reasons: {}, problems: [] };

  read(): void {
    this.counts.rows += 1;
  }

  took(count: number): void {
    this.counts.taken += count;
  }

  /**
   * Somebody who is in the audience already is no error, but is told of.
   * @param place a pointer leads to the entry
   */
  fault(code: AudienceFault, place: Pick<AudienceProblem, 'line' | 'pointer'>): void {
    const { reasons, problems } = this.counts;
    if (code === 'recipient.duplicate') this.counts.duplicates += 1;
    else this.counts.bad += 1;
    reasons[code] = (reasons[code] ?? 0) + 1;
    const { line, pointer } = place;
    if (problems.length < MOST_PROBLEMS) problems.push({ ...(line !== undefined && { line }), ...(pointer !== undefined && { pointer: pointer + AUDIENCE_FAULT_POINTERS[code] }), code });
  }

  report(): AudienceCounts {
    const { problems } = this.counts;
    return { ...this.counts, problems: [...problems].sort((one, other) => (one.line ?? 0) - (other.line ?? 0)) };
  }
}

/** A fault in words. */
export const faultText = (code: AudienceFault): string => AUDIENCE_FAULTS[code];
