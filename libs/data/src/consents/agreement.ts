/** What stands of a person, for whom a message is judged: SQL expressions of the same row, and of its number. */
export interface AgreementOf {
  tenantId: string;
  contactId: string;
  purpose: string;
  numberId: string;
  /** When the customer last wrote to the number, of the conversation that is open; null where there is none. */
  wroteAt: string;
  /** The message itself, where it exists already. */
  messageId?: string;
}

/**
 * One look-up as a scalar subquery: true where all that stands for every number and for this one lets the message go,
 * false where anything refuses it, null where nothing stands. A customer who wrote after taking back `service` is
 * answered, and the confirmation of a STOP is the one message that leaves against it. The same as `consentVerdict`.
 */
export function agreement({ tenantId, contactId, purpose, numberId, wroteAt, messageId }: AgreementOf): string {
  const exempt = messageId === undefined ? '' : `OR k.confirmation_id = ${messageId}`;
  return `(SELECT bool_and((k.status = 'GRANTED' ${exempt}
                 OR (k.status = 'REVOKED' AND k.purpose = 'service' AND coalesce(k.decided_at, k.updated_at) < ${wroteAt})) IS TRUE)
        FROM consents k
       WHERE k.tenant_id = ${tenantId} AND k.contact_id = ${contactId} AND k.purpose = ${purpose}
         AND (k.phone_number_id IS NULL OR k.phone_number_id = ${numberId}))`;
}
