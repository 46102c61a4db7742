/** What the person at the page does: as the customer, and with the page itself. Each act tells what went wrong by itself. */
import { control } from './control.mjs';
import { forgetAll, noteCustomer, readPeople, recall, remember } from './customers.mjs';
import { attempt, tell } from './notices.mjs';
import { get, set } from './store.mjs';

/** Accounts are not told of by events: while there is none, they are asked for. */
const ASK_AGAIN_MS = 1_500;

let askTimer;

/** Whether the page has heard of that business number. */
export const isKnown = (phoneNumberId) =>
  get().accounts.some(({ numbers }) => numbers.some(({ id }) => id === phoneNumberId));

const customerPath = (rest) => `/customers/${encodeURIComponent(get().phone)}${rest}`;

/** An act of the customer towards the business number that is looked at. */
function asCustomer(path, body = {}) {
  const phoneNumberId = get().number;
  return attempt(() => control('POST', customerPath(path), { phoneNumberId, ...body }));
}

/** Sends a message of the customer, as an answer where one is being written. */
function say(message) {
  const { replyTo } = get();
  set({ replyTo: null, menu: null });
  return asCustomer('/messages', { ...(replyTo && { contextMessageId: replyTo.wamid }), ...message });
}

/** Reads the chat that is open anew. */
export async function refresh() {
  const { phone, number } = get();
  if (phone === null || number === null) return set({ chat: null });
  const chat = await attempt(() => control('GET', customerPath(`/chat?number=${number}`)));
  // Another chat may have been opened in between.
  if (chat && get().phone === phone && get().number === number) set({ chat });
}

export const act = {
  tell,

  /** Reads the accounts, and looks at the number that was looked at last. */
  async start() {
    clearTimeout(askTimer);
    const accounts = (await attempt(() => control('GET', '/accounts'))) ?? [];
    set({ accounts });
    const ids = accounts.flatMap(({ numbers }) => numbers.map(({ id }) => id));
    const number = [get().number, recall().last].find((id) => ids.includes(id)) ?? ids[0] ?? null;
    if (number !== null) return act.lookAt(number);
    set({ number, people: [], phone: null, chat: null });
    askTimer = setTimeout(() => void act.start(), ASK_AGAIN_MS);
  },

  async lookAt(number) {
    set({ number, phone: recall()[number]?.phone ?? null, people: [], chat: null, replyTo: null });
    const [people] = await Promise.all([readPeople(number), refresh()]);
    if (get().number === number) set({ people });
    remember();
  },

  /** Everything was forgotten by the simulator. */
  async forget() {
    forgetAll();
    set({ number: null, phone: null, people: [], chat: null, replyTo: null, deliveries: [] });
    await act.start();
  },

  async open(phone) {
    set({ phone, replyTo: null, menu: null, pane: 'chat', isTyping: false });
    noteCustomer(phone);
    await refresh();
  },

  async addCustomer({ phone, profileName }) {
    const digits = phone.replaceAll(/\D/g, '');
    const traits = profileName ? { profileName } : {};
    const customer = await attempt(() => control('PUT', `/customers/${digits}`, traits));
    if (!customer) return;
    noteCustomer(customer.phone, { name: customer.profileName });
    await act.open(customer.phone);
  },

  write: (text) => say({ type: 'text', text }),

  press(message, { kind, id, title }) {
    const contextMessageId = message.wamid;
    if (kind === 'quick_reply') return say({ type: 'button', content: { payload: id, text: title }, contextMessageId });
    if (kind !== 'reply') return tell(`A phone would act on “${title}” by itself.`, 'plain');
    return say({
      type: 'interactive',
      content: { type: 'button_reply', button_reply: { id, title } },
      contextMessageId,
    });
  },

  choose(message, { id, title, description }) {
    const reply = { id, title, ...(description && { description }) };
    return say({
      type: 'interactive',
      content: { type: 'list_reply', list_reply: reply },
      contextMessageId: message.wamid,
    });
  },

  completeFlow({ response }, message) {
    const reply = { name: 'flow', body: 'Sent', response_json: response };
    return say({
      type: 'interactive',
      content: { type: 'nfm_reply', nfm_reply: reply },
      contextMessageId: message.wamid,
    });
  },

  sendLocation({ latitude, longitude, name, address }, message) {
    const place = {
      latitude: Number(latitude),
      longitude: Number(longitude),
      ...(name && { name }),
      ...(address && { address }),
    };
    return say({ type: 'location', content: place, ...(message && { contextMessageId: message.wamid }) });
  },

  sendContact({ name, phone }) {
    const card = {
      name: { formatted_name: name, first_name: name.split(' ')[0] },
      phones: [{ phone, type: 'MOBILE' }],
    };
    return say({ type: 'contacts', content: { contacts: [card] } });
  },

  /** Sends a file of the person's own; the simulator keeps it as Meta would. */
  async sendFile(type, file, { caption = '', voice = false } = {}) {
    const { replyTo, number } = get();
    set({ replyTo: null });
    const form = new FormData();
    const fields = {
      phoneNumberId: number,
      type,
      text: caption,
      voice: String(voice),
      ...(replyTo && { contextMessageId: replyTo.wamid }),
    };
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', file);
    await attempt(() => control('POST', customerPath('/files'), form));
  },

  react: (message, emoji) => say({ type: 'reaction', content: { message_id: message.wamid, emoji } }),

  reply: (message) => set({ replyTo: message, menu: null }),

  async read(message) {
    set({ menu: null });
    await asCustomer('/read', { wamid: message.wamid });
  },

  async readAll() {
    const done = await asCustomer('/read');
    if (done) tell(done.read.length === 0 ? 'Everything was read already.' : `${done.read.length} read.`, 'plain');
  },

  async copy(text) {
    set({ menu: null });
    await navigator.clipboard.writeText(text).then(
      () => tell(`Copied: ${text}`, 'plain'),
      () => tell(text, 'plain'), // without the right to the clipboard, at least show it
    );
  },

  async block(isBlocked) {
    await asCustomer(isBlocked ? '/block' : '/unblock');
    await refresh();
  },

  async optOut(isOptedOut) {
    await asCustomer('/marketing', { isOptedOut });
    await refresh();
  },

  async closeWindow() {
    await asCustomer('/close-window');
    await refresh();
  },
};
