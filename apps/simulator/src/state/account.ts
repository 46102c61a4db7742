import type { JsonObject } from '../json.js';
import type { TemplateShape } from './template-shape.js';

export const THROUGHPUT_LEVELS = ['STANDARD', 'HIGH', 'COEXISTENCE'] as const;
export type ThroughputLevel = (typeof THROUGHPUT_LEVELS)[number];

export const NUMBER_STATUSES = [
  'CONNECTED',
  'DISCONNECTED',
  'PENDING',
  'UNVERIFIED',
  'FLAGGED',
  'RESTRICTED',
  'RATE_LIMITED',
  'BANNED',
  'DELETED',
  'MIGRATED',
  'OFFLINE',
] as const;
export type NumberStatus = (typeof NUMBER_STATUSES)[number];

export const NAME_STATUSES = [
  'APPROVED',
  'AVAILABLE_WITHOUT_REVIEW',
  'DECLINED',
  'EXPIRED',
  'PENDING_REVIEW',
  'NONE',
] as const;
export type NameStatus = (typeof NAME_STATUSES)[number];

export const SEARCH_VISIBILITIES = ['VISIBLE', 'HIDDEN'] as const;
export type SearchVisibility = (typeof SEARCH_VISIBILITIES)[number];

export type UsernameStatus = 'approved' | 'reserved';

/** Unique users whom a portfolio may write to first within 24 hours. */
export const MESSAGING_LIMITS = [
  'TIER_50',
  'TIER_250',
  'TIER_1K',
  'TIER_2K',
  'TIER_10K',
  'TIER_100K',
  'TIER_UNLIMITED',
] as const;
export type MessagingLimit = (typeof MESSAGING_LIMITS)[number];

export const ACCOUNT_REVIEW_STATUSES = ['APPROVED', 'PENDING', 'REJECTED', 'RESTRICTED'] as const;
export type AccountReviewStatus = (typeof ACCOUNT_REVIEW_STATUSES)[number];

export const VERIFICATION_STATUSES = ['VERIFIED', 'UNVERIFIED', 'PENDING', 'REJECTED'] as const;
export type VerificationStatus = (typeof VERIFICATION_STATUSES)[number];

export const QUALITY_RATINGS = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] as const;
export type QualityRating = (typeof QUALITY_RATINGS)[number];

export const TOKEN_STATES = ['VALID', 'EXPIRED', 'PASSWORD_CHANGED', 'APP_REMOVED', 'INVALID'] as const;
export type TokenState = (typeof TOKEN_STATES)[number];

export const SCOPES = ['whatsapp_business_messaging', 'whatsapp_business_management'] as const;
export type Scope = (typeof SCOPES)[number];

export const TEMPLATE_CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const;
export type TemplateCategory = (typeof TEMPLATE_CATEGORIES)[number];

export const TEMPLATE_STATUSES = [
  'PENDING',
  'APPROVED',
  'REJECTED',
  'PAUSED',
  'DISABLED',
  'IN_APPEAL',
  'PENDING_DELETION',
  'DELETED',
  'LIMIT_EXCEEDED',
  'ARCHIVED',
  'FLAGGED',
  'LOCKED',
] as const;
export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number];

export const PARAMETER_FORMATS = ['POSITIONAL', 'NAMED'] as const;
export type ParameterFormat = (typeof PARAMETER_FORMATS)[number];

/** A Meta app: whose secret signs, and where its webhooks go. */
export interface MetaApp {
  readonly appId: string;
  appSecret: string;
  verifyToken: string;
  callbackUrl: string;
}

/** A business phone number. */
export interface BusinessNumber {
  readonly id: string;
  readonly wabaId: string;
  displayPhoneNumber: string;
  /** Digits only, with country code. */
  digits: string;
  /** Country calling code, put before recipients that are not international. */
  callingCode: string;
  verifiedName: string;
  throughputLevel: ThroughputLevel;
  status: NumberStatus;
  qualityRating: QualityRating;
  /** Of the display name; approved where nothing is said. */
  nameStatus?: NameStatus;
  /** A further display name that waits for its review. */
  newName?: { readonly name: string; status: NameStatus };
  /** Stands in for the callbacks of account and app, for `messages` only. */
  overrideCallbackUri?: string;
  username?: { readonly name: string; status: UsernameStatus };
  searchVisibility?: SearchVisibility;
}

/** A message template in one language. */
export interface Template {
  readonly id: string;
  readonly wabaId: string;
  name: string;
  language: string;
  category: TemplateCategory;
  previousCategory?: TemplateCategory;
  status: TemplateStatus;
  quality: QualityRating;
  rejectedReason: string;
  parameterFormat: ParameterFormat;
  components: JsonObject[];
  shape: TemplateShape;
  /** What Meta holds to be right, where that is another category. */
  correctCategory?: TemplateCategory;
  /** Unix milliseconds of the edits, for the limits on them. */
  editedAt?: number[];
  /** How often it was paused for its quality; the third time it is disabled. */
  pauseCount?: number;
  /** Whether it was paused while Meta paced it: then only /unpause helps. */
  pausedByPacing?: boolean;
  /** After which an undelivered message is dropped. */
  ttlSeconds?: number;
  /** Counts reviews, so that one that was overtaken by an edit has no say. */
  reviewRound?: number;
}

/** One app's subscription to an account, with the callback that may stand in for the app's own. */
export interface Subscription {
  readonly appId: string;
  overrideCallbackUri?: string;
}

/** A WhatsApp Business Account with everything in it. */
export interface Account {
  readonly wabaId: string;
  name: string;
  token: string;
  tokenState: TokenState;
  scopes: readonly Scope[];
  /** Unix seconds. */
  tokenIssuedAt?: number;
  /** Unix seconds; never where it is left out. */
  tokenExpiresAt?: number;
  /** The app that the token was given to. */
  appId?: string;
  /** Approved where nothing is said. */
  reviewStatus?: AccountReviewStatus;
  /** Of the business portfolio; verified where nothing is said. */
  verificationStatus?: VerificationStatus;
  /** The business portfolio, which shares its messaging limit; the account is one by itself where nothing is said. */
  portfolioId?: string;
  /** Of the business portfolio; 2,000 where nothing is said. */
  messagingLimit?: MessagingLimit;
  /** Meta's number of a time zone. */
  timezoneId?: string;
  /** False where templates cannot be charged (131042). */
  canPay?: boolean;
  readonly subscriptions: Map<string, Subscription>;
  readonly numbers: Map<string, BusinessNumber>;
  readonly templates: Map<string, Template>;
}
