/**
 * - `retry`: a passing fault; the same request may succeed soon
 * - `throttled`: too fast or too much; wait, then go on more slowly
 * - `credential`: the token is missing, expired or lacks a right; nothing of its account can be sent
 * - `policy`: Meta holds something until a person or a webhook releases it
 * - `permanent`: the same request will always be refused
 * - `unknown`: the request may have been carried out
 */
export type GraphErrorClass = 'retry' | 'throttled' | 'credential' | 'policy' | 'permanent' | 'unknown';

/** What a code is about, from the narrowest to the widest. `pair` is one number and one recipient. */
export type GraphErrorScope = 'message' | 'pair' | 'number' | 'template' | 'account' | 'app';

export interface GraphErrorRow {
  class: GraphErrorClass;
  scope: GraphErrorScope;
  whatToDo: string;
  /** Single codes, and ranges with both ends. */
  codes: readonly (number | readonly [first: number, last: number])[];
  /** Where Meta names a time. */
  waitSeconds?: number;
}

type Codes = GraphErrorRow['codes'];

function row(
  kind: GraphErrorClass,
  scope: GraphErrorScope,
  codes: Codes,
  whatToDo: string,
  waitSeconds?: number,
): GraphErrorRow {
  return { class: kind, scope, codes, whatToDo, ...(waitSeconds !== undefined && { waitSeconds }) };
}

const HOUR = 3_600;

/**
 * Every code of Meta's that we know, each in one row. Some numbers (2200, 36007 to 36009, those above a million) are
 * subcodes: Meta gives them beside 100, which alone says little, or beside the code whose row they share. Source: Cloud API error codes and what their users
 * report.
 */
export const GRAPH_ERRORS: readonly GraphErrorRow[] = [
  // Passing faults
  row('retry', 'message', [1, 131000], 'Try again in a moment; after three times report it to Meta.'),
  row('retry', 'app', [2, 131016, 133004], "Meta's service is down for a moment; it is tried again."),
  row('retry', 'account', [139103], 'Try again in a moment.'),

  // Too fast, too much
  row('throttled', 'app', [4, 2446079], 'The app makes too many calls; wait until the window is over.'),
  row('throttled', 'account', [17, 32, 613, 80007, 80008], 'Too many calls for this account; wait.'),
  row(
    'throttled',
    'number',
    [130429, 2494055],
    'The number sends faster than its throughput; it slows down by itself.',
  ),
  row('throttled', 'pair', [131056], 'Too many messages to this recipient; others are not affected.', 4),
  row('throttled', 'number', [131057, 2494100], 'The number is in maintenance for some minutes.', 60),
  row('throttled', 'template', [132069], 'The form may be sent ten times an hour; wait.', HOUR),
  row('throttled', 'template', [134101], 'Meta prepares the template for marketing; wait ten minutes.', HOUR / 6),
  row('throttled', 'number', [133008, 133009], 'Too many guesses of the PIN; wait as long as the details say.'),
  row('throttled', 'number', [133015], 'The number was deleted a moment ago; wait five minutes.', 300),
  row('throttled', 'number', [133016], 'The number was registered too often; wait 72 hours.', 72 * HOUR),
  row('throttled', 'number', [136024], 'Too many codes were requested; wait before the next one.'),

  // Token and rights
  row('credential', 'account', [0, 102, 104, 190], 'Give the account a new access token.'),
  row('credential', 'account', [10, [200, 299], 131005], 'Give the token the right to this account and its messages.'),

  // Held by Meta
  row('policy', 'account', [368, 131031, 139200], 'Meta restricts the account; see WhatsApp Manager.'),
  row('policy', 'account', [131042, 131044], 'Add a payment method to the account.'),
  row('policy', 'account', [131064], 'Templates of a wrong category limit the account; correct them.'),
  row('policy', 'account', [2388019], 'The account has as many templates as it may; delete some.'),
  row('policy', 'number', [33], 'The number was deleted at Meta; connect another one.'),
  row('policy', 'number', [131037], 'The display name of the number needs approval.'),
  row('policy', 'number', [131045, 133010], 'Register the number again.'),
  row(
    'policy',
    'number',
    [131048],
    'Too many recipients blocked or reported the number; wait and send with more care.',
  ),
  row('policy', 'template', [132015], 'Meta paused the template; improve it or wait until it is released.'),
  row('policy', 'template', [132068], 'The form is blocked; correct it in WhatsApp Manager.'),

  // Refused for good: the recipient
  row(
    'permanent',
    'pair',
    [131026],
    'The recipient cannot be reached: not on WhatsApp, an old app, or has blocked you.',
  ),
  row('permanent', 'pair', [131047], 'The window is closed; send a template.'),
  row('permanent', 'pair', [130472, 131049], 'Meta limits marketing to this recipient; not again within 24 hours.'),
  row('permanent', 'pair', [131050], 'The recipient stopped marketing messages; record the withdrawal.'),
  row('permanent', 'pair', [131021], 'A number cannot send to itself.'),
  row('permanent', 'pair', [131030], 'Add the recipient to the list of the test number.'),
  row('permanent', 'pair', [131062], 'This kind of message needs the phone number of the recipient.'),
  row('permanent', 'pair', [137000], "The recipient's identity changed; verify it, then send again."),

  // Refused for good: the template
  row('permanent', 'template', [132001], 'Sync the templates: it does not exist in this language or is not approved.'),
  row('permanent', 'template', [132016], 'Meta disabled the template; make a new one.'),
  row('permanent', 'template', [134102], 'The template cannot be used for marketing messages; check its state.'),
  row('permanent', 'message', [132000, 132008, 132012, 132018], 'Sync the template and correct its parameters.'),
  row('permanent', 'message', [132005], 'Shorten the values: the filled template is too long.'),
  row('permanent', 'message', [132007], 'Remove the characters that Meta does not allow.'),
  row('permanent', 'template', [2388023, 2388024], 'Choose another name for the template.'),
  row('permanent', 'template', [2388040, 2388047, 2388072, 2388073, 2388293, 2388299], 'Correct the template.'),
  row('permanent', 'template', [[200005, 200007]], 'Switch on template analytics for the account.'),

  // Refused for good: the message
  row('permanent', 'message', [100, 131008, 131009, 135000], 'Correct the parameter that the details name.'),
  row(
    'permanent',
    'message',
    [[36007, 36009]],
    'The code is good once and for seconds: let the customer sign up again.',
  ),
  row('permanent', 'message', [506], 'The same request was made before.'),
  row('permanent', 'message', [803], 'Check the id: Meta does not know it, or the token may not see it.'),
  row('permanent', 'message', [131051], 'This type of message is not supported.'),
  row('permanent', 'message', [131052], "The customer's file cannot be loaded; ask for it again."),
  row('permanent', 'message', [131053], 'Check type and size of the file, and upload it before sending.'),
  row('permanent', 'message', [131055, 134100], 'This endpoint takes marketing templates only.'),
  row('permanent', 'message', [131059], 'Read the list again from its start.'),
  row('permanent', 'message', [131060], 'The message is only on the phone of the business.'),
  row('permanent', 'message', [131020, 131041, 131201, 131202, 131204, [131207, 131215]], 'Check the group.'),
  row('permanent', 'message', [134103], "Act on Meta's text."),
  row('permanent', 'message', [[138000, 138018]], 'Check the settings of calls.'),
  row('permanent', 'message', [[139000, 139004]], 'Check the form: it cannot be used in its present state.'),
  row('permanent', 'message', [139100, 139101, 139102], 'Check the list of blocked users.'),

  // Refused for good: number, account, app
  row('permanent', 'app', [101], 'Check the id of the app.'),
  row('permanent', 'app', [3], 'The app lacks the capability for this call.'),
  row('permanent', 'number', [133000], 'Deregister the number again, then register it.'),
  row('permanent', 'number', [133005], 'Give the right two-step PIN.'),
  row('permanent', 'number', [133006, 136025], 'Verify the number again by a code.'),
  row('permanent', 'number', [[147001, 147005]], 'Choose another user name for the number.'),
  row(
    'permanent',
    'number',
    [2388001, 2388012, 2388091, 2388093, 2388103],
    'Read the details: the number cannot be added.',
  ),
  row('permanent', 'number', [2593079, 2593085, 2593107, 2593108, 2593109], 'Connect the number again from the start.'),
  row('permanent', 'account', [130497], 'The business may not write to people in this country.'),
  row('permanent', 'account', [131063], 'Send marketing templates over the marketing endpoint.'),
  row('permanent', 'account', [134011], "Accept Meta's terms of payments."),
  row(
    'permanent',
    'account',
    [2200],
    'Meta could not verify the callback; it must answer the handshake with the challenge.',
  ),
  row('permanent', 'account', [1752041], 'The account is already being prepared for marketing messages.'),
  row('permanent', 'account', [2388318, 2388330], 'The account may not send without templates.'),
];
