import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { CustomerDirectory, MOST_ORDERS, OrderBook, type Customer, type Order } from '@parley/messaging';
import { found } from '../http/id.js';

interface KnownContact {
  customerId: string | null;
  phone: string | null;
}

/** What a tenant's own system knows of one of its contacts: by the customerId of the contact, else by its phone number. */
@Injectable()
export class LookUpContact {
  constructor(
    private readonly db: TenantDb,
    private readonly customers: CustomerDirectory,
    private readonly orders: OrderBook,
  ) {}

  /** @throws resource.not-found, lookup.not-configured, lookup.unavailable */
  async customer(tenantId: TenantId, contactId: string): Promise<Customer | null> {
    return this.customerOf(tenantId, await this.contact(tenantId, contactId));
  }

  /** @throws as `customer` */
  async ordersOf(tenantId: TenantId, contactId: string, status?: string): Promise<readonly Order[]> {
    const contact = await this.contact(tenantId, contactId);
    const customerId = contact.customerId ?? (await this.customerOf(tenantId, contact))?.id ?? null;
    if (customerId === null) return [];
    const orders = await this.orders.byCustomer(tenantId, customerId);
    return orders.filter((order) => status === undefined || order.status === status).slice(0, MOST_ORDERS);
  }

  private async customerOf(tenantId: TenantId, { customerId, phone }: KnownContact): Promise<Customer | null> {
    if (customerId !== null) return this.customers.byId(tenantId, customerId);
    return phone === null ? null : this.customers.byPhone(tenantId, phone);
  }

  private async contact(tenantId: TenantId, id: string): Promise<KnownContact> {
    const row = await this.db.run(tenantId, (tx) =>
      tx.contact.findUnique({
        where: { tenantId_id: { tenantId, id } },
        select: { customerId: true, identities: { where: { kind: 'phone' }, orderBy: { createdAt: 'desc' }, take: 1, select: { value: true } } },
      }),
    );
    const { customerId, identities } = found(row);
    return { customerId, phone: identities[0]?.value ?? null };
  }
}
