/** A refused control request; the filter writes it as `application/problem+json`. */
export class ControlProblem extends Error {
  constructor(
    readonly status: number,
    /** What went wrong, as `noun.reason`. */
    readonly code: string,
    detail: string,
    /** The fields that were wrong, by JSON pointer. */
    readonly errors?: readonly { readonly pointer: string; readonly detail: string }[],
  ) {
    super(detail);
    this.name = 'ControlProblem';
  }

  toProblem(): Record<string, unknown> {
    return {
      type: 'about:blank',
      title: this.code,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.errors && { errors: this.errors }),
    };
  }
}

/** Something that a control request names and that is not known here. */
export function notKnown(noun: string, id: string): ControlProblem {
  return new ControlProblem(404, `${noun}.not_found`, `No ${noun} ${id} is known to the simulator.`);
}
