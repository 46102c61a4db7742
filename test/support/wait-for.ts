/** Waits until a condition holds. @throws after `timeoutMs` */
export async function waitFor(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  for (const deadline = performance.now() + timeoutMs; !(await condition());) {
    if (performance.now() > deadline)
      throw new Error(`The condition did not hold within ${timeoutMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
