/** The most of these times that lie within any window, its end not included. @param timesMs rising */
export function worstWindow(timesMs: readonly number[], windowMs: number): number {
  let from = 0;
  return timesMs.reduce((worst, time, at) => {
    while (time - timesMs[from]! >= windowMs) from += 1;
    return Math.max(worst, at - from + 1);
  }, 0);
}
