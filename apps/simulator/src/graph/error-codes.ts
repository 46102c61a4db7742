/** Whether a code answers the request (`sync`) or comes later as a failed status (`async`). */
export type ErrorTiming = 'sync' | 'async';

/** What is known of one of Meta's error codes. */
export interface ErrorCode {
  readonly code: number;
  readonly httpStatus: number;
  readonly title: string;
  readonly timing: ErrorTiming;
  readonly subcode?: number;
  readonly isTransient?: boolean;
}

type Row = readonly [code: number, httpStatus: number, title: string, timing?: ErrorTiming];

/** Meta's published error codes. Which of them are asynchronous is not published: that part is field experience. */
const ROWS: readonly Row[] = [
  [0, 401, 'AuthException'],
  [1, 400, 'API Unknown'],
  [2, 503, 'API Service'],
  [3, 500, 'API Method'],
  [4, 400, 'API Too Many Calls'],
  [10, 403, 'API Permission Denied'],
  [17, 400, 'User request limit reached'],
  [32, 400, 'Page request limit reached'],
  [33, 400, 'Parameter value is not valid'],
  [100, 400, 'Invalid parameter'],
  [102, 401, 'API Session'],
  [104, 401, 'An access token is required to request this resource'],
  [190, 401, 'Invalid OAuth access token'],
  [200, 403, 'API Permission'],
  [368, 403, 'Temporarily blocked for policies violations'],
  [506, 400, 'Duplicate Post'],
  [613, 400, 'Calls to this api have exceeded the rate limit'],
  [803, 404, 'Some of the aliases you requested do not exist'],
  [80007, 400, 'Rate limit issues'],
  [80008, 400, 'There have been too many calls to this WhatsApp Business account'],
  [130429, 400, 'Rate limit hit'],
  [130472, 400, "User's number is part of an experiment", 'async'],
  [130497, 403, 'Business account is restricted from messaging users in this country'],
  [131000, 500, 'Something went wrong'],
  [131005, 403, 'Access denied'],
  [131008, 400, 'Required parameter is missing'],
  [131009, 400, 'Parameter value is not valid'],
  [131016, 500, 'Service unavailable'],
  [131020, 400, 'Group cannot be messaged'],
  [131021, 400, 'Recipient cannot be sender'],
  [131026, 400, 'Message undeliverable', 'async'],
  [131030, 400, 'Recipient phone number not in allowed list'],
  [131031, 403, 'Account has been locked'],
  [131037, 400, 'WhatsApp provided number needs display name approval before message can be sent'],
  [131041, 400, 'Group unknown'],
  [131042, 400, 'Business eligibility payment issue', 'async'],
  [131044, 400, 'Business eligibility payment issue for calling'],
  [131045, 500, 'Incorrect certificate'],
  [131047, 400, 'Re-engagement message', 'async'],
  [131048, 400, 'Spam rate limit hit'],
  [131049, 400, 'This message was not delivered to maintain healthy ecosystem engagement', 'async'],
  [131050, 400, 'User has stopped marketing messages', 'async'],
  [131051, 400, 'Unsupported message type'],
  [131052, 400, 'Media download error', 'async'],
  [131053, 400, 'Media upload error', 'async'],
  [131055, 400, 'Method not allowed'],
  [131056, 400, '(Business Account, Consumer Account) pair rate limit hit'],
  [131057, 500, 'Account in maintenance mode'],
  [131059, 400, 'Invalid cursor'],
  [131060, 400, 'Message unavailable', 'async'],
  [131062, 400, 'Business-scoped user ID recipients are not supported'],
  [131063, 400, 'Marketing templates are disabled on Cloud API'],
  [131064, 400, 'Messaging limit due to template classification violations'],
  [131201, 400, 'Group cannot be created'],
  [131202, 400, 'Group is not active'],
  [131204, 400, 'Group participant limit reached'],
  [131207, 400, 'Group participant not found'],
  [131208, 400, 'Group invite is not valid'],
  [131209, 400, 'Group limit reached'],
  [131210, 400, 'Group setting is not valid'],
  [131211, 400, 'Group operation not allowed'],
  [131212, 400, 'Group message not allowed'],
  [131213, 400, 'Group participant not eligible'],
  [131214, 400, 'Group not eligible'],
  [131215, 400, 'Group unavailable'],
  [132000, 400, 'Number of parameters does not match the expected number of params'],
  [132001, 404, 'Template name does not exist in the translation'],
  [132005, 400, 'Translated text too long'],
  [132007, 400, 'Template format character policy violated'],
  [132008, 400, 'Template parameter value is not valid'],
  [132012, 400, 'Parameter format does not match format in the created template'],
  [132015, 400, 'Template is paused'],
  [132016, 400, 'Template is disabled'],
  [132018, 400, 'There is a problem with the parameters of the template'],
  [132068, 400, 'Flow is blocked'],
  [132069, 400, 'Flow is throttled'],
  [133000, 500, 'Incomplete deregistration'],
  [133004, 503, 'Server temporarily unavailable'],
  [133005, 400, 'Two step verification PIN mismatch'],
  [133006, 400, 'Phone number re-verification needed'],
  [133008, 400, 'Too many two step verification PIN guesses'],
  [133009, 400, 'Two step verification PIN guessed too fast'],
  [133010, 400, 'Phone number not registered'],
  [133015, 400, 'Phone number was deleted recently; wait before registering it again'],
  [133016, 400, 'Account register deregister rate limit exceeded'],
  [134011, 400, 'WhatsApp Business payments terms of service have not been accepted'],
  [134100, 400, 'Only marketing messages are supported'],
  [134101, 400, 'Template is still being synchronized'],
  [134102, 500, 'Template is unavailable for use'],
  [134103, 400, 'Template cannot be used'],
  [135000, 400, 'Generic user error'],
  [136024, 400, 'Verification code could not be requested'],
  [136025, 400, 'Verification code could not be verified'],
  [137000, 400, 'Recipient identity key hash mismatch', 'async'],
  [138000, 400, 'Calling is not enabled'],
  [138001, 400, 'Receiver cannot be called'],
  [138006, 400, 'No approved call permission was found'],
  [138018, 400, 'Calling cannot be enabled for this number'],
  [139000, 400, 'Flow is blocked by integrity'],
  [139001, 400, 'Flow update failed'],
  [139002, 400, 'Flow publishing failed'],
  [139003, 400, 'Flow cannot be deprecated'],
  [139004, 400, 'Flow cannot be deleted'],
  [139100, 400, 'Some users could not be blocked or unblocked'],
  [139101, 400, 'Blocklist limit reached'],
  [139102, 400, 'Blocklist was updated at the same time'],
  [139103, 400, 'Internal error while blocking'],
  [139200, 400, 'Direct send is blocked'],
  [147001, 400, 'Business username is not valid'],
  [147002, 400, 'Business username is not available'],
  [147003, 400, 'Business username is reserved'],
  [147004, 400, 'Business username limit reached'],
  [147005, 400, 'Business username cannot be changed'],
  [200005, 400, 'Template insights are not available'],
  [200006, 400, 'Template insights cannot be disabled'],
  [200007, 400, 'Template insights are not enabled'],
];

const EXTRAS: Readonly<Record<number, Pick<ErrorCode, 'subcode' | 'isTransient'>>> = {
  2: { isTransient: true },
  4: { subcode: 2446079, isTransient: true },
  130429: { subcode: 2494055 },
};

const CODES: ReadonlyMap<number, ErrorCode> = new Map(
  ROWS.map(([code, httpStatus, title, timing = 'sync']) => [
    code,
    { code, httpStatus, title, timing, ...EXTRAS[code] },
  ]),
);

/** What is known of that code, if it is one of Meta's. */
export function findErrorCode(code: number): ErrorCode | undefined {
  return CODES.get(code);
}

/** As `findErrorCode`, with a plain 400 for codes that are not listed (each can be asked for as a fault). */
export function errorCode(code: number): ErrorCode {
  return CODES.get(code) ?? { code, httpStatus: 400, title: 'Unknown error', timing: 'sync' };
}

/** Every listed code. */
export function listErrorCodes(): ErrorCode[] {
  return [...CODES.values()];
}
