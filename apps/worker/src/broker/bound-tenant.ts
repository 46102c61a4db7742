import { isJsonObject, provenTenant, type TenantId } from '@parley/domain';
import type { BrokerBinding } from '@parley/platform';
import type { BrokerMessage } from '@parley/queue';

export type BoundTenant = { ok: true; tenantId: TenantId } | { ok: false; code: 'broker.tenant-unbound' | 'broker.tenant-mismatch'; detail: string };

/**
 * Whose message it is: the tenant that the operator bound to its user or routing key, if the message names the same one.
 * What the message says of itself proves nothing; it only keeps a mistake of the sender from reaching somebody else.
 */
export function boundTenant(bindings: readonly BrokerBinding[], { userId, routingKey, body }: BrokerMessage): BoundTenant {
  const fits = ({ by, value }: BrokerBinding): boolean => value === (by === 'user' ? userId : routingKey);
  const bound = new Set(bindings.filter(fits).map(({ tenantId }) => tenantId));
  const [tenantId] = bound;
  if (tenantId === undefined) {
    return { ok: false, code: 'broker.tenant-unbound', detail: 'Neither the user-id nor the routing key of the message is bound to an organisation.' };
  }
  if (bound.size > 1) {
    return { ok: false, code: 'broker.tenant-mismatch', detail: 'The user-id and the routing key are bound to different organisations.' };
  }
  const named = body.ok && isJsonObject(body.value) ? body.value['tenantId'] : undefined;
  if (typeof named !== 'string' || named.toLowerCase() !== tenantId) {
    return { ok: false, code: 'broker.tenant-mismatch', detail: 'The tenantId of the message is not the organisation that it comes from.' };
  }
  return { ok: true, tenantId: provenTenant(tenantId) };
}
