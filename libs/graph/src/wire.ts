/**
 * What the Graph API says and hears, as far as Parley uses it. Ids are strings of digits and never become numbers.
 * Answers are read leniently: every field that Meta may leave out is optional here.
 */

/** The body of `POST /{phone number id}/messages`; its content is built by the sender, kind by kind. */
export interface SendBody {
  readonly messaging_product: 'whatsapp';
  readonly recipient_type?: 'individual';
  /** E.164 with its plus sign: without it Meta puts the business number's country code in front. */
  readonly to?: string;
  /** A business-scoped user id in the place of `to`, for a customer whose phone number is not known. */
  readonly recipient?: string;
  readonly type: string;
  /** Comes back in every status of the message: the attempt id. */
  readonly biz_opaque_callback_data?: string;
  readonly context?: { readonly message_id: string };
  readonly [content: string]: unknown;
}

/** The 200 of a send: accepted, not delivered. */
export interface SendAnswer {
  readonly messaging_product?: string;
  readonly contacts?: readonly { readonly input?: string; readonly wa_id?: string; readonly user_id?: string }[];
  readonly messages?: readonly { readonly id?: string; readonly message_status?: string }[];
}

/** The error envelope of every refusal. `error_data` is an object or, at times, a bare string. */
export interface ErrorAnswer {
  readonly error: {
    readonly message?: string;
    readonly type?: string;
    readonly code: number;
    readonly error_subcode?: number;
    readonly error_data?: string | { readonly details?: string };
    readonly is_transient?: boolean;
    readonly error_user_title?: string;
    readonly error_user_msg?: string;
    readonly fbtrace_id?: string;
  };
}

/** An object that was made. */
export interface CreatedNode {
  readonly id?: string;
}

/** A file at Meta. `url` is good for 5 minutes, and only with the token; `sha256` is hex here and base64 in webhooks. */
export interface MediaNode {
  readonly id: string;
  readonly url: string;
  readonly mime_type?: string;
  readonly sha256?: string;
  /** A decimal, as text with Meta. */
  readonly file_size?: string | number;
}

/** What a code of the embedded signup is exchanged for. Without `expires_in` the token does not expire. */
export interface AccessToken {
  readonly access_token: string;
  readonly token_type?: string;
  readonly expires_in?: number;
}

/** What Meta knows of a token. `expires_at` 0 means never; `target_ids` names the WABAs that it may touch. */
export interface TokenInfo {
  readonly app_id?: string;
  readonly type?: string;
  readonly is_valid?: boolean;
  readonly expires_at?: number;
  readonly scopes?: readonly string[];
  readonly granular_scopes?: readonly { readonly scope: string; readonly target_ids?: readonly string[] }[];
}

/** One page of a list. `next` is missing on the last one, and only then is the list at its end. */
export interface Page<T> {
  readonly data?: readonly T[];
  readonly paging?: {
    readonly cursors?: { readonly before?: string; readonly after?: string };
    readonly next?: string;
  };
}
