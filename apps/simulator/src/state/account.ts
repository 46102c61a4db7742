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
  /** The app that the token was given to. */
  appId?: string;
  readonly subscriptions: Map<string, Subscription>;
  readonly numbers: Map<string, BusinessNumber>;
  readonly templates: Map<string, Template>;
}
