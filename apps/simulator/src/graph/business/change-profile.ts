import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../json.js';
import { Identifiers } from '../../random/identifiers.js';
import type { BusinessNumber } from '../../state/account.js';
import { NumberBelongings, type BusinessProfile } from '../../state/number-belongings.js';
import { Uploads } from '../../state/uploads.js';
import { GraphError } from '../graph-error.js';
import { requireProduct } from '../validation/send-request.js';

const MAX_LENGTHS = { about: 139, address: 256, description: 512, email: 128 } as const;
const MAX_WEBSITES = 2;
const MAX_WEBSITE_LENGTH = 256;
const VERTICALS = [
  '',
  'ALCOHOL',
  'APPAREL',
  'AUTO',
  'BEAUTY',
  'EDU',
  'ENTERTAIN',
  'EVENT_PLAN',
  'FINANCE',
  'GOVT',
  'GROCERY',
  'HEALTH',
  'HOTEL',
  'NONPROFIT',
  'ONLINE_GAMBLING',
  'OTC_DRUGS',
  'OTHER',
  'PHYSICAL_GAMBLING',
  'PROF_SERVICES',
  'RESTAURANT',
  'RETAIL',
  'TRAVEL',
];

/** Changes what customers see of a business. */
@Injectable()
export class ChangeProfile {
  constructor(
    private readonly belongings: NumberBelongings,
    private readonly uploads: Uploads,
    private readonly identifiers: Identifiers,
  ) {}

  /** @throws GraphError 100 for the first part that is not right; nothing is changed then */
  change(number: BusinessNumber, value: JsonObject): void {
    const body = requireProduct(value);
    const changes: BusinessProfile = {};
    for (const key of ['about', 'address', 'description', 'email'] as const) {
      if (body[key] !== undefined) changes[key] = readText(key, body[key]);
    }
    if (changes.about === '') throw invalid('about', 'must not be empty');
    if (changes.email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(changes.email)) throw invalid('email', 'must be an email');
    if (body['websites'] !== undefined) changes.websites = readWebsites(body['websites']);
    if (body['vertical'] !== undefined) changes.vertical = readVertical(body['vertical']);
    const { profile_picture_handle: handle } = body;
    if (handle !== undefined) changes.profile_picture_url = this.pictureOf(handle);
    Object.assign(this.belongings.of(number.id).profile, changes);
  }

  private pictureOf(handle: unknown): string {
    const file = typeof handle === 'string' ? this.uploads.findFile(handle) : undefined;
    if (!file || !/^image\/(jpe?g|png)$/.test(file.mimeType)) {
      throw invalid('profile_picture_handle', 'must be the handle of an uploaded JPEG or PNG');
    }
    return `https://pps.whatsapp.net/v/t61.24694-24/${this.identifiers.nodeId()}_n.jpg`;
  }
}

function readText(key: keyof typeof MAX_LENGTHS, value: unknown): string {
  if (typeof value === 'string' && value.length <= MAX_LENGTHS[key]) return value;
  throw invalid(key, `must have at most ${MAX_LENGTHS[key]} characters`);
}

function readWebsites(value: unknown): string[] {
  const websites: unknown[] = Array.isArray(value) ? value : [value];
  const isSite = (site: unknown): site is string =>
    typeof site === 'string' && site.length <= MAX_WEBSITE_LENGTH && /^https?:\/\/./i.test(site) && URL.canParse(site);
  if (websites.length <= MAX_WEBSITES && websites.every(isSite)) return websites;
  throw invalid('websites', `must be at most ${MAX_WEBSITES} addresses with http:// or https://`);
}

function readVertical(value: unknown): string {
  const vertical = VERTICALS.find((one) => one === value);
  if (vertical !== undefined) return vertical;
  throw invalid('vertical', `must be one of {${VERTICALS.join(', ')}}`);
}

function invalid(parameter: string, rule: string): GraphError {
  return new GraphError(100, { message: `(#100) Param ${parameter} ${rule}` });
}
