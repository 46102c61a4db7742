import type { TenantId } from '@parley/domain';

export interface OrderItem {
  readonly name: string;
  readonly quantity: number | string | null;
}

/** An order as the tenant's own system knows it. */
export interface Order {
  /** The tenant's own id. */
  readonly id: string;
  /** As the customer knows it. */
  readonly number: string | null;
  readonly customerId: string | null;
  /** In the tenant's own words. */
  readonly status: string;
  /** A number, or a decimal text such as `125.50`. */
  readonly total: number | string | null;
  /** ISO 4217. */
  readonly currency: string | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly url: string | null;
  readonly items: readonly OrderItem[];
}

/** As many as one answer holds; the newest are wanted. */
export const MOST_ORDERS = 50;

/** What the customers of a tenant ordered, as its own system knows. Throws as CustomerDirectory does. */
export abstract class OrderBook {
  abstract byId(tenantId: TenantId, id: string): Promise<Order | null>;
  abstract byCustomer(tenantId: TenantId, customerId: string): Promise<readonly Order[]>;
  /** In the tenant's own word for a status. */
  abstract byStatus(tenantId: TenantId, status: string): Promise<readonly Order[]>;
}
