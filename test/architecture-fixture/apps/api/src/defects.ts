import autocannon from 'autocannon'; // lint: import-x/no-extraneous-dependencies

export const load: any = autocannon; // lint: @typescript-eslint/no-explicit-any
async function save(): Promise<void> {
  await Promise.resolve();
}
export function saveAll(list: readonly string[]): void {
  save(); // lint: @typescript-eslint/no-floating-promises
  list.forEach(async () => save()); // lint: @typescript-eslint/no-misused-promises
  if (list.length == 0) console.log('nothing to save'); // lint: eqeqeq, no-console
}

export const asked = fetch('https://example.com'); // lint: no-restricted-globals
