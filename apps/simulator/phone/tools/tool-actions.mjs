/** What the tools beside the phone read and change. */
import { control } from '../control.mjs';
import { readLatest } from '../customers.mjs';
import { attempt, tell } from '../notices.mjs';
import { get, set } from '../store.mjs';

const LEDGER_ROWS = 50;
const DELIVERIES = 30;

const READERS = {
  async faults() {
    const [faults, settings] = await Promise.all([control('GET', '/faults'), control('GET', '/settings')]);
    set({ faults, settings });
  },
  async templates() {
    set({ accounts: await control('GET', '/accounts') });
  },
  async traffic() {
    const { number } = get();
    const [entries, receiver] = await Promise.all([
      number === null ? [] : readLatest(number),
      control('GET', '/receiver'),
    ]);
    set({ ledger: entries.slice(0, LEDGER_ROWS), receiver });
  },
};

/** Reads anew what the open tool shows. */
export const refreshTool = () => attempt(() => READERS[get().tool]());

export async function openTool(tool) {
  set({ tool });
  await refreshTool();
}

/** A webhook was brought to a receiver. */
export function noteDelivery(delivery) {
  set({ deliveries: [{ ...delivery, at: Date.now() }, ...get().deliveries].slice(0, DELIVERIES) });
}

async function change(work, done) {
  const answer = await attempt(work);
  if (answer !== undefined && done) tell(done, 'plain');
  await refreshTool();
}

export const armFault = (fault) => change(() => control('POST', '/faults', fault), 'The fault waits for its request.');
export const clearFaults = () => change(() => control('DELETE', '/faults'));
export const removeFault = (id) => change(() => control('DELETE', `/faults/${id}`));
export const changeSettings = (settings) => change(() => control('PUT', '/settings', settings));
/** One step of Meta's review. */
export const reviewTemplate = (id, review) => change(() => control('POST', `/templates/${id}/review`, review));
/** Puts a template into a category or quality. */
export const changeTemplate = (id, changes) => change(() => control('PUT', `/templates/${id}`, changes));
