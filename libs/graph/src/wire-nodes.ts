/** The objects of the Graph API, as far as Parley uses them: what Meta may leave out is optional. */

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
  readonly is_pin_enabled?: boolean;
  readonly is_official_business_account?: boolean;
  readonly last_onboarded_time?: string;
  readonly webhook_configuration?: WebhookConfiguration;
  readonly platform_type?: string;
  readonly is_on_biz_app?: boolean;
  readonly throughput?: { readonly level?: string };
  readonly messaging_limit_tier?: string;
  readonly whatsapp_business_manager_messaging_limit?: string;
}

/** A number that is to be added to a WABA. */
export interface NewPhoneNumber {
  /** Without a plus sign: `40`. */
  readonly countryCode: string;
  /** The rest, digits only. */
  readonly phoneNumber: string;
  /** The display name that is asked for. */
  readonly verifiedName: string;
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
  readonly previous_category?: string;
  /** Where Meta means to change the category. */
  readonly correct_category?: string;
  readonly message_send_ttl_seconds?: number;
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

/** What a new template is made of. Meta may put it into another category: the answer says which. */
export interface TemplateDraft {
  readonly name: string;
  readonly language: string;
  readonly category: string;
  readonly parameter_format?: string;
  readonly message_send_ttl_seconds?: number;
  readonly components: readonly TemplateComponent[];
}

export interface CreatedTemplate {
  readonly id: string;
  readonly status: string;
  readonly category: string;
}

/** What of a template may change; `components` replaces all of them. */
export interface TemplateEdit {
  readonly category?: string;
  readonly components?: readonly TemplateComponent[];
  readonly message_send_ttl_seconds?: number;
}

/** Where the webhooks of a number go: the number's own callback, else that of its WABA, else that of the app. */
export interface WebhookConfiguration {
  readonly phone_number?: string;
  readonly whatsapp_business_account?: string;
  readonly application?: string;
}

/** A callback in place of the app's own, for `messages` webhooks only. Meta verifies it in the same call. */
export interface CallbackOverride {
  /** At most 200 characters. */
  readonly callbackUrl: string;
  readonly verifyToken: string;
}

/** Whether a number, a WABA or a template can send, and what stands in the way. */
export interface HealthStatusNode {
  readonly id: string;
  readonly health_status?: {
    readonly can_send_message?: string;
    readonly entities?: readonly HealthEntity[];
  };
}

/** One link of the chain from the app to the number; the overall state is that of the worst. */
export interface HealthEntity {
  readonly entity_type?: string;
  readonly id?: string;
  /** AVAILABLE, LIMITED or BLOCKED. */
  readonly can_send_message?: string;
  readonly additional_info?: readonly string[];
  readonly errors?: readonly {
    readonly error_code?: number;
    readonly error_description?: string;
    readonly possible_solution?: string;
  }[];
}

/** What customers see of the business. */
export interface BusinessProfile {
  readonly about?: string;
  readonly address?: string;
  readonly description?: string;
  readonly email?: string;
  readonly profile_picture_url?: string;
  readonly websites?: readonly string[];
  readonly vertical?: string;
}

/** What changes in the profile; the picture is a handle of `uploadSample`. */
export interface BusinessProfileEdit extends Omit<BusinessProfile, 'profile_picture_url'> {
  readonly profile_picture_handle?: string;
}

/** Somebody on the block list. */
export interface BlockedUser {
  readonly messaging_product?: string;
  readonly wa_id?: string;
  readonly user_id?: string;
}

/** One of those who were to be blocked or unblocked. */
export interface BlockUsersEntry extends BlockedUser {
  readonly input?: string;
  readonly errors?: readonly { readonly code?: number; readonly message?: string; readonly error_data?: unknown }[];
}

/** The answer of a change of the block list; with failures it comes as HTTP 400 and carries an error as well. */
export interface BlockUsersAnswer {
  readonly block_users?: {
    readonly added_users?: readonly BlockUsersEntry[];
    readonly removed_users?: readonly BlockUsersEntry[];
    readonly failed_users?: readonly BlockUsersEntry[];
  };
}
