/** Jest loads a global set-up by Node's resolver, not by its own: the name must be that of the file on disk. */
const SAME_AS = './medium-setup.ts';

/** Jest's global set-up of the e2e tests: the services that the medium tests have. */
export default async function startServices(): Promise<void> {
  const { default: start } = (await import(SAME_AS)) as { default: () => Promise<void> };
  await start();
}
