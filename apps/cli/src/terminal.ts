import { stripVTControlCharacters, styleText } from 'node:util';
import type { CliFailure } from './failure.js';

export type Tone = 'green' | 'yellow' | 'red' | 'dim' | 'bold';

/** Where text of a command goes. Colours only where a person looks (NO_COLOR is heeded). */
export class Terminal {
  constructor(
    private readonly out: NodeJS.WriteStream,
    private readonly err: NodeJS.WriteStream,
    readonly isJson: boolean,
  ) {}

  /** A line of the result. */
  line(text = ''): void {
    this.out.write(`${text}\n`);
  }

  /** A line for people beside the result; it does not disturb who reads the result. */
  note(text: string): void {
    this.err.write(`${text}\n`);
  }

  /** The result for machines. */
  json(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  paint(tone: Tone, text: string): string {
    return styleText(tone, text, { stream: this.out });
  }

  failure(failure: CliFailure): void {
    const { exitCode, message, lines, problem } = failure;
    if (this.isJson) return this.json({ error: problem ?? { detail: message }, exitCode });
    this.note(`parley: ${printable(message)}`);
    for (const line of lines) this.note(`  ${printable(line)}`);
  }
}

/** What came from outside, without what would move the cursor or colour the rest. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** Columns side by side, each as wide as its widest cell; the last one takes what it needs. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd(),
  );
}

const widthOf = (cell: string): number => [...stripVTControlCharacters(cell)].length;
