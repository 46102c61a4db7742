/**
 * Loaded into a process before anything else (`node --import`): from then on its wall clock is wrong by CHAOS_CLOCK_SKEW_MS.
 * The monotonic clock and the timers stay as they are, as when somebody sets the time.
 */
const skewMs = Number(process.env['CHAOS_CLOCK_SKEW_MS'] ?? 0);
const Clock = Date;
const now = () => Clock.now() + skewMs;

globalThis.Date = new Proxy(Clock, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new Clock(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});
