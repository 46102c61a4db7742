import type { PhoneNumberNode } from '@parley/graph';

/** What Meta says of a number, in our words. */
export interface NumberFacts {
  displayPhoneNumber: string;
  verifiedName: string;
  /** Meta's decision on the name. */
  nameStatus: string | null;
  /** Only CONNECTED sends. */
  status: string;
  quality: string;
  throughputLevel: string;
  /** Messages a second, in and out together. */
  perSecond: number;
  tier: string | null;
}

const STANDARD_PER_SECOND = 80;
const HIGH_PER_SECOND = 1_000;
/** Meta: a number that also lives in the WhatsApp Business app has a fixed, lower throughput. */
const COEXISTENCE_PER_SECOND = 20;

/** Reads a number's node. What Meta leaves out is taken as the cautious value. */
export function numberFacts(node: PhoneNumberNode): NumberFacts {
  const level = node.throughput?.level ?? 'STANDARD';
  return {
    displayPhoneNumber: node.display_phone_number ?? '',
    verifiedName: node.verified_name ?? '',
    nameStatus: node.name_status ?? null,
    status: node.status ?? 'UNKNOWN',
    // Meta writes NA before a number has a quality.
    quality: node.quality_rating === undefined || node.quality_rating === 'NA' ? 'UNKNOWN' : node.quality_rating,
    throughputLevel: level,
    perSecond: perSecond(level, node.is_on_biz_app === true),
    tier: node.whatsapp_business_manager_messaging_limit ?? node.messaging_limit_tier ?? null,
  };
}

function perSecond(level: string, isOnBusinessApp: boolean): number {
  if (isOnBusinessApp) return COEXISTENCE_PER_SECOND;
  return level === 'HIGH' ? HIGH_PER_SECOND : STANDARD_PER_SECOND;
}
