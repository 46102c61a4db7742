import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../json.js';

/** What customers see of a business; every part may be missing. */
export interface BusinessProfile {
  about?: string;
  address?: string;
  description?: string;
  email?: string;
  websites?: string[];
  vertical?: string;
  profile_picture_url?: string;
}

/** A customer whom a business does not want to hear of. */
export interface BlockedUser {
  readonly waId: string;
  /** Business-scoped id, where the customer was named by it. */
  readonly userId: string | undefined;
}

/** What one number has beside its registration. */
export interface Belongings {
  readonly profile: BusinessProfile;
  /** By digits. */
  readonly blocked: Map<string, BlockedUser>;
  /** Graph's settings, by name. */
  readonly settings: JsonObject;
}

/** Profile, block list and settings of each number. */
@Injectable()
export class NumberBelongings {
  private readonly byNumber = new Map<string, Belongings>();

  of(phoneNumberId: string): Belongings {
    let belongings = this.byNumber.get(phoneNumberId);
    if (!belongings) {
      belongings = { profile: { about: 'Hey there! I am using WhatsApp.' }, blocked: new Map(), settings: {} };
      this.byNumber.set(phoneNumberId, belongings);
    }
    return belongings;
  }

  /** Whether the business blocked a customer: neither hears of the other then. */
  isBlocked(phoneNumberId: string, phone: string): boolean {
    return this.byNumber.get(phoneNumberId)?.blocked.has(phone) === true;
  }

  clear(): void {
    this.byNumber.clear();
  }
}
