import { Injectable } from '@nestjs/common';
import { ensureContacts, recordConsents, SystemDb, type SystemTx } from '@parley/data';
import { DomainError, parsePhone, type ConsentPurpose, type TenantId } from '@parley/domain';
import { logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { refuseUnstorableText } from '../contacts/storable-text.js';
import type { RecordConsentDto } from './consent.dto.js';
import type { RecordedConsentsView } from './consent.view.js';

/** Records what a contact decided: an entry of the append-only record and the standing consent, in one transaction. */
@Injectable()
export class RecordConsent {
  constructor(
    private readonly db: SystemDb,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** A contact that is not known yet is made. @throws phone.invalid, request.invalid, text.invalid-character */
  async record(tenantId: TenantId, actor: string, decision: RecordConsentDto): Promise<RecordedConsentsView> {
    refuseUnstorableText(decision);
    const purposes = purposesOf(decision);
    const phone = parsePhone(decision.phone, decision.country, '/phone');
    const recorded = await this.db.transaction((tx) => write(tx, { tenantId, actor, phone, purposes, decision }));
    for (const { contactId, purpose, status, eventId } of recorded.records) {
      this.metrics.inc('events_published_total', { event: 'whatsapp.consent_changed' });
      logEvent(this.logger, 'consent.state_changed', { tenantId, contactId, purpose, to: status, eventId, source: decision.source });
    }
    return recorded;
  }
}

interface Decision {
  tenantId: TenantId;
  actor: string;
  phone: string;
  purposes: readonly ConsentPurpose[];
  decision: RecordConsentDto;
}

async function write(tx: SystemTx, { tenantId, actor, phone, purposes, decision }: Decision): Promise<RecordedConsentsView> {
  const { status, source, evidence = null } = decision;
  const [contactId = ''] = await ensureContacts(tx, [{ tenantId, identities: [{ kind: 'phone', value: phone }], name: null }]);
  const rows = await recordConsents(
    tx,
    purposes.map((purpose) => ({ tenantId, contactId, purpose, status, source, evidence, actor, messageId: null })),
  );
  const records = rows.map(({ id, at }, place) => ({ contactId, purpose: purposes[place]!, status, recordedAt: at, eventId: id }));
  return { ...records[0]!, records };
}

function purposesOf({ purpose, purposes }: RecordConsentDto): readonly ConsentPurpose[] {
  if (purpose !== undefined && purposes === undefined) return [purpose];
  if (purposes !== undefined && purpose === undefined) return purposes;
  const detail = 'give either purpose or purposes';
  throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/purpose', code: 'field.invalid', detail }] });
}
