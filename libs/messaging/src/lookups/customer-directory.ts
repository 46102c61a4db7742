import type { E164, TenantId } from '@parley/domain';

/** A customer as the tenant's own system knows them. */
export interface Customer {
  /** The tenant's own id. */
  readonly id: string;
  readonly name: string | null;
  readonly firstName: string | null;
  readonly phone: E164 | null;
  readonly email: string | null;
  /** In which they read: `ro`, `en_US`. */
  readonly language: string | null;
}

/**
 * Who the customers of a tenant are, as its own system knows. Each method throws lookup.not-configured where the tenant
 * has no such system, and lookup.unavailable where it did not answer as it should.
 */
export abstract class CustomerDirectory {
  abstract byId(tenantId: TenantId, id: string): Promise<Customer | null>;
  abstract byPhone(tenantId: TenantId, phone: E164): Promise<Customer | null>;
  abstract byEmail(tenantId: TenantId, email: string): Promise<Customer | null>;
}
