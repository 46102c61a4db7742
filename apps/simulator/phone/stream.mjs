/* global EventSource */
/** What happens, as the simulator tells it: the page changes by this, and not by asking again and again. */
import { act, isKnown, refresh } from './actions.mjs';
import { noteCustomer } from './customers.mjs';
import { get, set } from './store.mjs';
import { noteDelivery, refreshTool } from './tools/tool-actions.mjs';

/** WhatsApp shows it for 25 seconds, or until the next message. */
const TYPING_MS = 25_000;
/** Deliveries and statuses come in crowds; lists are read anew once for all of them. */
const GATHER_MS = 400;

let typingTimer;
let toolTimer;

/** Listens for good; the browser connects again by itself. */
export function listen() {
  const source = new EventSource('/control/stream');
  source.onopen = () => {
    // What happened while nobody listened is in the chats only.
    if (!get().isLive) void act.start().then(refreshTool);
    set({ isLive: true });
  };
  source.onerror = () => set({ isLive: false });
  const on = (name, handle) => source.addEventListener(name, ({ data }) => handle(JSON.parse(data)));
  on('message', ({ phone, phoneNumberId, message }) => {
    gatherTool();
    if (!isKnown(phoneNumberId)) return void act.start();
    if (phoneNumberId !== get().number) return;
    noteCustomer(phone, { message });
    if (phone === get().phone) addMessage(message);
  });
  on('status', ({ phone, phoneNumberId, ...status }) => {
    gatherTool();
    if (isOpen(phone, phoneNumberId)) changeStatus(status);
  });
  on('typing', ({ phone, phoneNumberId }) => {
    if (isOpen(phone, phoneNumberId)) showTyping();
  });
  on('template', gatherTool);
  on('delivery', (delivery) => {
    noteDelivery(delivery);
    gatherTool();
  });
  on('reset', () => void act.forget().then(refreshTool));
}

const isOpen = (phone, phoneNumberId) => get().phone === phone && get().number === phoneNumberId;

function addMessage(message) {
  const { chat } = get();
  if (!chat || chat.messages.some(({ wamid }) => wamid === message.wamid)) return;
  if (message.direction === 'out') hideTyping();
  set({ chat: { ...chat, messages: [...chat.messages, message] } });
  // The customer's own message opens the window; how long for, the chat says.
  if (message.direction === 'in' && !chat.isWindowOpen) void refresh();
}

function changeStatus({ wamid, status, error }) {
  const { chat } = get();
  if (!chat) return;
  set({
    chat: {
      ...chat,
      messages: chat.messages.map((message) => (message.wamid === wamid ? { ...message, status, error } : message)),
    },
  });
}

function showTyping() {
  clearTimeout(typingTimer);
  set({ isTyping: true });
  typingTimer = setTimeout(hideTyping, TYPING_MS);
}

function hideTyping() {
  clearTimeout(typingTimer);
  set({ isTyping: false });
}

function gatherTool() {
  toolTimer ??= setTimeout(() => {
    toolTimer = undefined;
    void refreshTool();
  }, GATHER_MS);
}
