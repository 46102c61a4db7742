import { Injectable } from '@nestjs/common';
import { consentEventsTold, ensureContacts, ownNumbers, recordConsents, SystemDb, type ConsentDecision, type SystemTx } from '@parley/data';
import { DomainError, parsePhone, type ConsentPurpose, type TenantId } from '@parley/domain';
import { Clock, logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { refuseUnstorableText } from '../contacts/storable-text.js';
import type { RecordConsentDto } from './consent.dto.js';
import type { RecordedConsentsView } from './consent.view.js';

/** Records what a contact decided: an entry of the append-only record and the standing consent, in one transaction. */
@Injectable()
export class RecordConsent {
  constructor(
    private readonly db: SystemDb,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** A contact that is not known yet is made. @throws phone.invalid, request.invalid, number.not-found, text.invalid-character */
  async record(tenantId: TenantId, actor: string, decision: RecordConsentDto): Promise<RecordedConsentsView> {
    refuseUnstorableText(decision);
    if (decision.at !== undefined && new Date(decision.at) > this.clock.now()) throw notYet();
    const purposes = purposesOf(decision);
    const phone = parsePhone(decision.phone, decision.country, '/phone');
    const { view, told } = await this.db.transaction((tx) => write(tx, { tenantId, actor, phone, purposes, decision }));
    if (told > 0) this.metrics.add('events_published_total', told, { event: 'whatsapp.consent_changed' });
    for (const { contactId, purpose, status, eventId } of view.records) {
      logEvent(this.logger, 'consent.state_changed', { tenantId, contactId, purpose, to: status, eventId, source: decision.source });
    }
    return view;
  }
}

interface Decision {
  tenantId: TenantId;
  actor: string;
  phone: string;
  purposes: readonly ConsentPurpose[];
  decision: RecordConsentDto;
}

async function write(tx: SystemTx, { tenantId, actor, phone, purposes, decision }: Decision): Promise<{ view: RecordedConsentsView; told: number }> {
  const { status, source, evidence = null } = decision;
  const numberId = decision.numberId?.toLowerCase() ?? null;
  if (numberId !== null && (await ownNumbers(tx, tenantId, [numberId])).length === 0) throw noSuchNumber();
  const decidedAt = decision.at === undefined ? null : new Date(decision.at);
  const [contactId = ''] = await ensureContacts(tx, [{ tenantId, identities: [{ kind: 'phone', value: phone }], name: null }]);
  const decisions = purposes.map((purpose): ConsentDecision => {
    return { tenantId, contactId, numberId, purpose, status, source, evidence, actor, messageId: null, decidedAt };
  });
  const rows = await recordConsents(tx, decisions);
  const records = rows.map(({ id, at, stands }, place) => {
    // Without a key of its own every decision gets its entry.
    return { contactId, numberId, purpose: purposes[place]!, status, decidedAt: decidedAt ?? at, recordedAt: at, eventId: id!, stands };
  });
  return { view: { ...records[0]!, records }, told: consentEventsTold(decisions, rows) };
}

function purposesOf({ purpose, purposes }: RecordConsentDto): readonly ConsentPurpose[] {
  if (purpose !== undefined && purposes === undefined) return [purpose];
  if (purposes !== undefined && purpose === undefined) return purposes;
  const detail = 'give either purpose or purposes';
  throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/purpose', code: 'field.invalid', detail }] });
}

function noSuchNumber(): DomainError {
  const detail = 'No such number is connected.';
  return new DomainError('number.not-found', detail, { errors: [{ pointer: '/numberId', code: 'number.not-found', detail }] });
}

function notYet(): DomainError {
  const detail = 'at lies in the future';
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/at', code: 'field.invalid', detail }] });
}
