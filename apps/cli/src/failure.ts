/** What the process ends with. Documented in `parley --help` and docs/guides/cli.md. */
export const EXIT = {
  ok: 0,
  /** The thing that was asked about is not well: a check failed, a message was not delivered. */
  notWell: 1,
  /** The command line or a setting is wrong; nothing was asked of anybody. */
  usage: 2,
  /** The server understood and refused. */
  refused: 3,
  /** The server did not answer. */
  unreachable: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An end of a command that its user should read about: printed without a stack. */
export class CliFailure extends Error {
  /**
   * @param lines what belongs to it, one thing a line: the fields that are wrong, what to do
   * @param problem what the server said, for `--json`
   */
  constructor(
    readonly exitCode: Exclude<ExitCode, 0>,
    message: string,
    readonly lines: readonly string[] = [],
    readonly problem?: Readonly<Record<string, unknown>>,
  ) {
    super(message);
    this.name = 'CliFailure';
  }
}
