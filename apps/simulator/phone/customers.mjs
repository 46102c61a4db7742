/** The customers whose phones can be looked at: from the chats of the simulator, and from what the browser kept. */
import { control } from './control.mjs';
import { lineOf } from './format.mjs';
import { attempt } from './notices.mjs';
import { get, set } from './store.mjs';

const REMEMBERED = 'parley.phone';
/** Customers that are listed for a number. */
const PEOPLE = 30;
/** Accepted messages that are looked through for them. */
const LEDGER_LOOK_BACK = 1_000;

/** Puts a customer on top of the list, with the latest message. */
export function noteCustomer(phone, { name, message } = {}) {
  const { people, phone: open } = get();
  const known = people.find((person) => person.phone === phone);
  const isNews = message?.direction === 'out' && phone !== open;
  const noted = {
    phone,
    name: name ?? known?.name ?? `+${phone}`,
    line: message ? lineOf(message) : (known?.line ?? ''),
    at: message?.at ?? known?.at ?? 0,
    unread: phone === open ? 0 : (known?.unread ?? 0) + (isNews ? 1 : 0),
  };
  if (!known && !name) void learnName(phone);
  const others = people.filter((person) => person !== known);
  set({ people: message || !known ? [noted, ...others] : people.map((person) => (person === known ? noted : person)) });
  remember();
}

/** Events tell of phones only; what their owners are called stands in their chats. */
async function learnName(phone) {
  const person = await readPerson(phone, get().number);
  set({ people: get().people.map((known) => (known.phone === phone ? { ...known, name: person.name } : known)) });
}

/** A customer as the list shows them. */
async function readPerson(phone, number) {
  const chat = await attempt(() => control('GET', `/customers/${encodeURIComponent(phone)}/chat?number=${number}`));
  const message = chat?.messages.at(-1);
  return {
    phone,
    name: chat?.customer.profileName ?? phone,
    line: message ? lineOf(message) : '',
    at: message?.at ?? 0,
    unread: 0,
  };
}

/** Whose phones were shown before, and with whom the number has a chat; the latest first. */
export async function readPeople(number) {
  const entries = (await attempt(() => readLatest(number))) ?? [];
  const customers = (await attempt(() => control('GET', '/customers'))) ?? [];
  const written = entries.map(({ recipient }) => recipient).filter((recipient) => /^\d+$/.test(recipient));
  const shown = recall()[number]?.phones ?? [];
  const phones = new Set([...shown, ...written, ...customers.map(({ phone }) => phone).toReversed()]);
  const people = await Promise.all([...phones].slice(0, PEOPLE).map((phone) => readPerson(phone, number)));
  const own = people.filter(({ phone, at }) => at > 0 || shown.includes(phone));
  return own.sort((one, other) => other.at - one.at);
}

/** The end of the ledger of a number, the latest first. */
export async function readLatest(number) {
  const { count } = await control('GET', '/ledger/count');
  const entries = [];
  for (let after = Math.max(0, count - LEDGER_LOOK_BACK); after !== null;) {
    const page = await control('GET', `/ledger?limit=${LEDGER_LOOK_BACK}&after=${after}&phoneNumberId=${number}`);
    entries.push(...page.entries);
    after = page.next;
  }
  return entries.toReversed();
}

/** The browser keeps whose phones were shown, for each number. */
export function remember() {
  const { number, phone, people } = get();
  if (number === null) return;
  const kept = { phone, phones: people.map((person) => person.phone).slice(0, PEOPLE) };
  localStorage.setItem(REMEMBERED, JSON.stringify({ ...recall(), last: number, [number]: kept }));
}

/** What the browser kept. */
export function recall() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
  } catch {
    return {}; // somebody else wrote there
  }
}

/** The browser forgets everything, as the simulator did. */
export function forgetAll() {
  localStorage.removeItem(REMEMBERED);
}
