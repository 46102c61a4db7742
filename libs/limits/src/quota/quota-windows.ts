/** Organisations whose running window is remembered. */
const MOST_WINDOWS = 20_000;

/** No send is under way for longer: after that, all that is given back belongs to the running window. */
const LONGEST_SEND_MS = 60_000;

interface SeenWindow {
  readonly windowMs: number;
  readonly changedAtMs: number;
}

/** To which window of an organisation's quota a unit goes back that a send had taken. */
export class QuotaWindows {
  private readonly seen = new Map<string, SeenWindow>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Notes the window that units were taken from; null: from more than one. */
  note(tenantId: string, windowMs: number | null): void {
    const before = this.seen.get(tenantId);
    if (windowMs === before?.windowMs) return;
    if (this.seen.size >= MOST_WINDOWS) this.seen.clear();
    this.seen.set(tenantId, { windowMs: windowMs ?? NONE, changedAtMs: before ? this.nowMs() : -Infinity });
  }

  /** undefined: it is not sure that what is under way was taken from the running window. */
  ofSend(tenantId: string): number | undefined {
    const seen = this.seen.get(tenantId);
    const isSure = seen !== undefined && seen.windowMs !== NONE && this.nowMs() - seen.changedAtMs > LONGEST_SEND_MS;
    return isSure ? seen.windowMs : undefined;
  }
}

const NONE = -1;
