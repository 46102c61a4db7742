import { Injectable } from '@nestjs/common';
import {
  addRecipients,
  beginUpload,
  completeUpload,
  lockCampaign,
  phonesOfContacts,
  SystemDb,
  taggedContacts,
  timeZoneOfTenant,
  touchUpload,
  undoUpload,
  type CampaignUploadKey,
  type SystemTx,
} from '@parley/data';
import {
  DomainError,
  readAudienceEntry,
  countryOfPhone,
  timeZoneOfCountry,
  type AudienceRow,
  type TenantId,
} from '@parley/domain';
import { logEvent } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { notFound } from '../http/id.js';
import { AudienceTally, type AudienceCounts } from './audience-tally.js';

const NO_ID = '00000000-0000-0000-0000-000000000000';
/** Contacts of a tag that one transaction takes. */
const TAGGED = 2_000;
const BUSY_SECONDS = 10;

/** A row that was read, with the place to which its problems point. */
export interface PlacedRow {
  row: AudienceRow;
  place: { line?: number; pointer?: string };
}

/** An audience that comes in sets. */
export interface OpenUpload {
  key: CampaignUploadKey;
  tally: AudienceTally;
}

/** Adds recipients to campaigns. What breaks off is taken out again, so that no audience is half there. */
@Injectable()
export class TakeAudience {
  constructor(
    private readonly db: SystemDb,
    private readonly logger: PinoLogger,
  ) {}

  /**
   * A list: the good ones are taken, all at once, and each bad one is named.
   * @throws resource.not-found, campaign.state-conflict, campaign.audience-busy
   */
  async list(tenantId: TenantId, campaignId: string, entries: readonly unknown[]): Promise<AudienceCounts> {
    const tally = new AudienceTally();
    const rows: PlacedRow[] = [];
    for (const [at, entry] of entries.entries()) {
      tally.read();
      const row = readAudienceEntry(entry);
      const pointer = `/recipients/${at}`;
      if (typeof row === 'string') tally.fault(row, { pointer });
      else rows.push({ row, place: { pointer } });
    }
    await this.open(tenantId, campaignId, (tx) => this.add(tx, tenantId, campaignId, rows, tally));
    return tally.report();
  }

  /** All contacts that have the tag now. @throws as list */
  async tag(tenantId: TenantId, campaignId: string, tag: string): Promise<AudienceCounts> {
    return this.inSets(tenantId, campaignId, 'tag', tag, async ({ key, tally }) => {
      for (let after: string | undefined = NO_ID; after !== undefined; ) after = await this.addTagged(key, tally, tag, after);
      return tally.report();
    });
  }

  /**
   * An audience that comes in sets, which `take` adds by `addSet`. It counts only as a whole: where `take` throws, or this
   * process dies, all of it is taken out again.
   */
  async inSets<Report extends AudienceCounts>(
    tenantId: TenantId,
    campaignId: string,
    source: 'file' | 'tag',
    name: string | null,
    take: (upload: OpenUpload) => Promise<Report>,
  ): Promise<Report> {
    const key = await this.open(tenantId, campaignId, (tx) => beginUpload(tx, tenantId, campaignId, source, name));
    const tally = new AudienceTally();
    try {
      const report = await take({ key, tally });
      if (!(await completeUpload(this.db, key, report))) throw brokenOff();
      return report;
    } catch (error) {
      const problem = error instanceof DomainError ? error.detail : 'The upload broke off.';
      const rows = await undoUpload(this.db, key, { ...tally.report(), problem });
      logEvent(this.logger, 'campaign.upload_undone', { campaignId, uploadId: key.id, rows });
      throw error;
    }
  }

  /** Adds one set of an upload. */
  async addSet({ key, tally }: OpenUpload, rows: readonly PlacedRow[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      await this.lockFor(tx, key);
      await this.add(tx, key.tenantId, key.campaignId, rows, tally);
    });
  }

  /** Says that an upload still goes on, while nothing comes. */
  async keepAlive(key: CampaignUploadKey): Promise<void> {
    await touchUpload(this.db, key);
  }

  private addTagged(key: CampaignUploadKey, tally: AudienceTally, tag: string, after: string): Promise<string | undefined> {
    return this.db.transaction(async (tx) => {
      await this.lockFor(tx, key);
      const contacts = await taggedContacts(tx, key.tenantId, tag, after, TAGGED);
      const zones = new Zones(await timeZoneOfTenant(tx, key.tenantId));
      const rows = contacts.map(({ contactId, phone }): PlacedRow => {
        tally.read();
        return { row: { contactId, phone: null, country: null, locale: '', timeZone: zones.of('', phone && countryOfPhone(phone)), fields: null }, place: {} };
      });
      await this.addRows(tx, key.tenantId, key.campaignId, rows, tally);
      return contacts.length === TAGGED ? contacts.at(-1)?.contactId : undefined;
    });
  }

  private async lockFor(tx: SystemTx, { tenantId, campaignId, id }: CampaignUploadKey): Promise<void> {
    const campaign = await lockCampaign(tx, tenantId, campaignId);
    if (campaign?.state !== 'DRAFT') throw notDraft(campaign?.state ?? 'gone');
    if (campaign.uploadId !== id || !(await touchUpload(tx, { tenantId, campaignId, id }))) throw brokenOff();
  }

  /** Runs the work on a locked DRAFT that takes no other recipients meanwhile; what broke off before is taken out first. */
  private async open<T>(tenantId: TenantId, campaignId: string, work: (tx: SystemTx) => Promise<T>): Promise<T> {
    for (;;) {
      const answer = await this.db.transaction(async (tx): Promise<{ result: T } | { left: CampaignUploadKey }> => {
        const campaign = await lockCampaign(tx, tenantId, campaignId);
        if (!campaign) throw notFound();
        if (campaign.state !== 'DRAFT') throw notDraft(campaign.state);
        if (campaign.uploadIsAlive) throw busy();
        if (campaign.uploadId !== null) return { left: { tenantId, campaignId, id: campaign.uploadId } };
        return { result: await work(tx) };
      });
      if ('result' in answer) return answer.result;
      await undoUpload(this.db, answer.left, { problem: 'The upload broke off.' });
    }
  }

  private async add(tx: SystemTx, tenantId: TenantId, campaignId: string, rows: readonly PlacedRow[], tally: AudienceTally): Promise<void> {
    const byId = rows.flatMap(({ row: { contactId } }) => (contactId === null ? [] : [contactId]));
    const phones = new Map((byId.length === 0 ? [] : await phonesOfContacts(tx, tenantId, byId)).map((one) => [one.contactId, one.phone]));
    const zones = new Zones(await timeZoneOfTenant(tx, tenantId));
    const zoned = rows.map(({ row, place }): PlacedRow => {
      const phone = row.contactId === null ? null : (phones.get(row.contactId) ?? null);
      return { row: { ...row, timeZone: zones.of(row.timeZone, row.country ?? (phone && countryOfPhone(phone))) }, place };
    });
    await this.addRows(tx, tenantId, campaignId, zoned, tally);
  }

  private async addRows(tx: SystemTx, tenantId: TenantId, campaignId: string, rows: readonly PlacedRow[], tally: AudienceTally): Promise<void> {
    if (rows.length === 0) return;
    const { taken, unknown } = await addRecipients(tx, tenantId, campaignId, rows.map(({ row }) => row));
    tally.took(taken.length);
    const [isTaken, isUnknown] = [new Set(taken), new Set(unknown)];
    for (const [at, { place }] of rows.entries()) {
      if (isUnknown.has(at)) tally.fault('contact.not-found', place);
      else if (!isTaken.has(at)) tally.fault('recipient.duplicate', place);
    }
  }
}

/** The time zone of each recipient: its own, else that of its phone number's country; '' where it is the organisation's. */
class Zones {
  private readonly ofCountries = new Map<string, string>();
  private readonly now = new Date();

  constructor(private readonly tenantZone: string) {}

  of(own: string, country: string | null): string {
    const zone = own === '' && country !== null ? this.ofCountry(country) : own;
    return zone === this.tenantZone ? '' : zone;
  }

  private ofCountry(country: string): string {
    const known = this.ofCountries.get(country);
    if (known !== undefined) return known;
    const zone = timeZoneOfCountry(country, this.tenantZone, this.now) ?? '';
    this.ofCountries.set(country, zone);
    return zone;
  }
}

export function notDraft(state: string): DomainError {
  return new DomainError('campaign.state-conflict', `The campaign is ${state}.`);
}

export function busy(): DomainError {
  return new DomainError('campaign.audience-busy', undefined, { retryAfterSeconds: BUSY_SECONDS });
}

/** Somebody took it for dead, and is taking it out. */
function brokenOff(): DomainError {
  return new DomainError('request.timeout', 'The upload stood still for too long and was given up; nothing of it was kept.');
}
