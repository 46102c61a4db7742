import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TenantId } from '@parley/domain';
import { CustomerDirectory, OrderBook, type Customer, type Order } from '@parley/messaging';

/** What examples/lookup-server.mjs offers; it is plain JavaScript, so that tenants can run it as it is. */
interface LookupExample {
  readonly EXAMPLE_DATA: LookupData;
  createLookupServer(options: { secret: string; data?: LookupData; basePath?: string }): Server;
}

export interface LookupData {
  readonly customers: readonly (Partial<Customer> & Pick<Customer, 'id'>)[];
  readonly orders: readonly (Partial<Order> & Pick<Order, 'id' | 'status'>)[];
}

const MODULE = '../../examples/lookup-server.mjs';

export async function lookupExample(): Promise<LookupExample> {
  return (await import(MODULE)) as LookupExample;
}

/** Listens on this machine, at a port of its own. */
export async function listen(server: Server): Promise<{ readonly url: string; stop(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const NOBODY = { name: null, firstName: null, phone: null, email: null, language: null };
const NOTHING = { number: null, customerId: null, total: null, currency: null, createdAt: null, url: null, items: [] };

/** A directory of what it was given, for every tenant that it was given to. */
export class MemoryCustomers extends CustomerDirectory {
  constructor(private readonly data: ReadonlyMap<TenantId, LookupData>) {
    super();
  }

  byId = (tenantId: TenantId, id: string) => this.find(tenantId, (one) => one.id === id);
  byPhone = (tenantId: TenantId, phone: string) => this.find(tenantId, (one) => one.phone === phone);
  byEmail = (tenantId: TenantId, email: string) => this.find(tenantId, (one) => one.email === email.toLowerCase());

  private find(tenantId: TenantId, fits: (one: LookupData['customers'][number]) => boolean): Promise<Customer | null> {
    const one = this.data.get(tenantId)?.customers.find(fits);
    return Promise.resolve(one ? { ...NOBODY, ...one } : null);
  }
}

export class MemoryOrders extends OrderBook {
  constructor(private readonly data: ReadonlyMap<TenantId, LookupData>) {
    super();
  }

  byId = async (tenantId: TenantId, id: string) => (await this.filter(tenantId, (one) => one.id === id))[0] ?? null;
  byCustomer = (tenantId: TenantId, customerId: string) => this.filter(tenantId, (one) => one.customerId === customerId);
  byStatus = (tenantId: TenantId, status: string) => this.filter(tenantId, (one) => one.status === status);

  private filter(tenantId: TenantId, fits: (one: LookupData['orders'][number]) => boolean): Promise<Order[]> {
    return Promise.resolve((this.data.get(tenantId)?.orders ?? []).filter(fits).map((one) => ({ ...NOTHING, ...one })));
  }
}

/** An implementation in the hands of its contract. */
export interface LookupsUnderTest {
  readonly customers: CustomerDirectory;
  readonly orders: OrderBook;
  /** A tenant whose system holds the data of the example, and one whose system holds nothing. */
  readonly tenants: readonly [TenantId, TenantId];
  stop(): Promise<void>;
}

/** What every CustomerDirectory and OrderBook promise. */
export function describeLookups(name: string, open: () => Promise<LookupsUnderTest>): void {
  describe(name, () => {
    let under: LookupsUnderTest;

    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.stop());

    it('finds customers by id, phone and email, with all that is known of them', async () => {
      const { customers, tenants } = under;
      const [tenant] = tenants;
      const ana = { id: 'C-1042', name: 'Ana Pop', firstName: 'Ana', phone: '+40723000111', email: 'ana@example.ro', language: 'ro' };
      expect(await Promise.all([customers.byId(tenant, 'C-1042'), customers.byPhone(tenant, '+40723000111'), customers.byEmail(tenant, 'Ana@example.ro')])).toEqual([ana, ana, ana]);
    });

    it('finds orders by id, customer and status', async () => {
      const { orders, tenants } = under;
      const [tenant] = tenants;
      expect(await orders.byId(tenant, 'A-1042')).toMatchObject({ id: 'A-1042', total: 125.5, url: null, items: [{ name: 'Pizza Margherita', quantity: 2 }, { name: 'Tiramisu' }] });
      expect((await orders.byCustomer(tenant, 'C-1042')).map(({ id, total }) => [id, total])).toEqual([['A-1042', 125.5], ['A-0900', '64.00']]);
      expect((await orders.byStatus(tenant, 'delivered')).map(({ id }) => id)).toEqual(['A-0900']);
    });

    it('finds nothing of what is not there, nor of another tenant', async () => {
      const { customers, orders, tenants } = under;
      const [own, other] = tenants;
      expect(await Promise.all([customers.byId(own, 'C-0'), customers.byPhone(own, '+40700000000'), customers.byEmail(own, 'x@example.ro'), orders.byId(own, 'A-0')])).toEqual([null, null, null, null]);
      expect(await Promise.all([customers.byId(other, 'C-1042'), customers.byPhone(other, '+40723000111'), orders.byId(other, 'A-1042')])).toEqual([null, null, null]);
      expect(await Promise.all([orders.byCustomer(own, 'C-0'), orders.byStatus(own, 'lost'), orders.byCustomer(other, 'C-1042')])).toEqual([[], [], []]);
    });
  });
}
