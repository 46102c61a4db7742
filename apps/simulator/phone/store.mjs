/** All that the page shows. One object, changed by `set`, drawn anew once a frame. */
let state = {
  /** Accounts with numbers and templates, as GET /control/accounts gives them. */
  accounts: [],
  /** Meta's id of the business number that is looked at. */
  number: null,
  /** Customers of that number: `{phone, name, line, at, unread}`, the latest first. */
  people: [],
  /** Digits of the customer whose phone this is. */
  phone: null,
  /** GET /control/customers/:phone/chat */
  chat: null,
  /** Whether the business is typing. */
  isTyping: false,
  /** The message that the next one answers. */
  replyTo: null,
  /** wamid of the message whose menu is open. */
  menu: null,
  /** What lies over the chat: `{kind, …}`. */
  sheet: null,
  /** `{text, tone}` at the bottom of the page. */
  notice: null,
  /** Whether events arrive. */
  isLive: false,
  /** Which of the panes a small screen shows: people, chat or tools. */
  pane: 'people',
  tool: 'faults',
  settings: null,
  faults: [],
  /** Filter of the list of templates. */
  templateFilter: '',
  ledger: [],
  receiver: null,
  deliveries: [],
};

let draw = () => {};
let isDue = false;

export const get = () => state;

/** Changes some of the state. */
export function set(changes) {
  state = { ...state, ...changes };
  if (isDue) return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    draw(state);
  });
}

/** @param {(state: object) => void} drawer called with the state after each change */
export function onChange(drawer) {
  draw = drawer;
  draw(state);
}

/** The account of the business number that is looked at. */
export function currentAccount({ accounts, number } = state) {
  return accounts.find(({ numbers }) => numbers.some(({ id }) => id === number));
}
