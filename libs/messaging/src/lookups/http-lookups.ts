import type { E164, TenantId } from '@parley/domain';
import { CustomerDirectory, type Customer } from './customer-directory.js';
import { readCustomer, readOrder, readOrders } from './lookup-answers.js';
import { LookupCache } from './lookup-cache.js';
import { OrderBook, type Order } from './order-book.js';
import type { LookupQuestion, TenantSystem } from './tenant-system.js';

/** A customer is at most some kilobytes, a list of orders some hundred: together they stay below 40 MB. */
const MOST_CUSTOMERS = 2_000;
const MOST_ORDER_ANSWERS = 200;

/** Asks once a minute for what is asked again and again. */
async function lookUp<T>(system: TenantSystem, cache: LookupCache<T>, tenantId: TenantId, question: LookupQuestion, read: (answer: unknown) => T | null): Promise<T | null> {
  const ready = await system.open(tenantId);
  const key = `${ready.key} ${question.path} ${JSON.stringify(question.body)}`;
  return cache.get(key, () => ready.ask(question, read));
}

/** The customers of a tenant's own system, over HTTP. */
export class HttpCustomerDirectory extends CustomerDirectory {
  private readonly cache = new LookupCache<Customer>(MOST_CUSTOMERS);

  constructor(private readonly system: TenantSystem) {
    super();
  }

  byId(tenantId: TenantId, id: string): Promise<Customer | null> {
    return this.find(tenantId, { path: 'customers/by-id', body: { id } });
  }

  byPhone(tenantId: TenantId, phone: E164): Promise<Customer | null> {
    return this.find(tenantId, { path: 'customers/by-phone', body: { phone } });
  }

  byEmail(tenantId: TenantId, email: string): Promise<Customer | null> {
    return this.find(tenantId, { path: 'customers/by-email', body: { email } });
  }

  private find(tenantId: TenantId, question: LookupQuestion): Promise<Customer | null> {
    return lookUp(this.system, this.cache, tenantId, question, readCustomer);
  }
}

/** The orders of a tenant's own system, over HTTP. */
export class HttpOrderBook extends OrderBook {
  private readonly single = new LookupCache<Order>(MOST_ORDER_ANSWERS);
  private readonly lists = new LookupCache<readonly Order[]>(MOST_ORDER_ANSWERS);

  constructor(private readonly system: TenantSystem) {
    super();
  }

  byId(tenantId: TenantId, id: string): Promise<Order | null> {
    return lookUp(this.system, this.single, tenantId, { path: 'orders/by-id', body: { id } }, readOrder);
  }

  byCustomer(tenantId: TenantId, customerId: string): Promise<readonly Order[]> {
    return this.list(tenantId, { path: 'orders/by-customer', body: { customerId } });
  }

  byStatus(tenantId: TenantId, status: string): Promise<readonly Order[]> {
    return this.list(tenantId, { path: 'orders/by-status', body: { status } });
  }

  private async list(tenantId: TenantId, question: LookupQuestion): Promise<readonly Order[]> {
    return (await lookUp(this.system, this.lists, tenantId, question, readOrders)) ?? [];
  }
}
