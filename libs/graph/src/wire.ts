/**
 * What the Graph API says and hears, as far as Parley uses it. Ids are strings of digits and never become numbers.
 * Answers are read leniently: every field that Meta may leave out is optional here.
 */

/** The body of `POST /{phone number id}/messages`; its content is built by the sender, kind by kind. */
export interface SendBody {
  readonly messaging_product: 'whatsapp';
  readonly recipient_type?: 'individual';
  /** E.164 with its plus sign: without it Meta puts the business number's country code in front. */
  readonly to: string;
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

/** A phone number's node. CONNECTED is the one status that sends. */
export interface PhoneNumberNode {
  readonly id: string;
  readonly display_phone_number?: string;
  readonly verified_name?: string;
  readonly status?: string;
  readonly quality_rating?: string;
  readonly code_verification_status?: string;
  readonly name_status?: string;
  readonly account_mode?: string;
  readonly platform_type?: string;
  readonly is_on_biz_app?: boolean;
  readonly throughput?: { readonly level?: string };
  readonly messaging_limit_tier?: string;
  readonly whatsapp_business_manager_messaging_limit?: string;
}

/** A WhatsApp Business Account (WABA). */
export interface AccountNode {
  readonly id: string;
  readonly name?: string;
  readonly currency?: string;
  readonly timezone_id?: string;
  readonly account_review_status?: string;
  readonly business_verification_status?: string;
  readonly owner_business_info?: { readonly id?: string; readonly name?: string };
}

/** A message template in one language. */
export interface TemplateNode {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly status: string;
  readonly category?: string;
  readonly parameter_format?: string;
  readonly components?: readonly TemplateComponent[];
  readonly rejected_reason?: string;
  readonly quality_score?: { readonly score?: string };
}

export interface TemplateComponent {
  readonly type: string;
  readonly format?: string;
  readonly text?: string;
  readonly buttons?: readonly Readonly<Record<string, unknown>>[];
  readonly example?: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

/** An app that gets a WABA's webhooks. */
export interface SubscribedApp {
  readonly whatsapp_business_api_data?: { readonly id?: string; readonly name?: string; readonly link?: string };
  readonly override_callback_uri?: string;
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
