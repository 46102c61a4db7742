import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { CredentialOwner, CredentialSource } from '@parley/messaging';
import type { TestTenant } from './fixtures.js';

/** An implementation in the hands of its contract. */
export interface SourceUnderTest {
  readonly source: CredentialSource;
  /** A tenant with an account, whose token this is; null: it has none that can be used. */
  tenantWith(token: string | null): Promise<TestTenant>;
  /** Gives an account another token. */
  change(tenant: TestTenant, token: string): Promise<void>;
  /** Makes the source fall silent. */
  fail(): Promise<void>;
  stop(): Promise<void>;
}

const ownerOf = ({ tenantId, accountId }: TestTenant): CredentialOwner => ({ tenantId, accountId });

async function errorOf(work: Promise<unknown>): Promise<{ code?: unknown }> {
  return (await work.then(
    () => ({ code: 'none' }),
    (error: unknown) => error,
  )) as { code?: unknown };
}

/** What every CredentialSource promises. */
export function describeCredentialSource(name: string, open: () => Promise<SourceUnderTest>): void {
  describe(name, () => {
    let under: SourceUnderTest;

    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.stop());

    it('gives each account its own token, and a changed one at once', async () => {
      const [one, other] = [await under.tenantWith('EAAone'), await under.tenantWith('EAAother')];
      expect([await under.source.accessToken(ownerOf(one)), await under.source.accessToken(ownerOf(other))]).toEqual(['EAAone', 'EAAother']);
      await under.change(one, 'EAAnext');
      expect([await under.source.accessToken(ownerOf(one)), await under.source.accessToken(ownerOf(other))]).toEqual(['EAAnext', 'EAAother']);
    });

    it('says that a token is missing where there is none, of another tenant, or of nobody', async () => {
      const [none, one, other] = [await under.tenantWith(null), await under.tenantWith('EAAone'), await under.tenantWith('EAAother')];
      const owners = [ownerOf(none), { tenantId: one.tenantId, accountId: other.accountId }, { tenantId: randomUUID(), accountId: one.accountId }];
      for (const owner of owners) expect(await errorOf(under.source.accessToken(owner))).toMatchObject({ code: 'credential.invalid' });
    });

    it('says that it cannot say when it is away: no account is blamed, and no error holds a token', async () => {
      const one = await under.tenantWith('EAAsecret');
      await under.fail();
      const error = await errorOf(under.source.accessToken(ownerOf(one)));
      expect(['credential.unavailable', 'database.unavailable']).toContain(error.code);
      expect(error).toMatchObject({ retryAfterSeconds: expect.any(Number) as number });
      expect(`${JSON.stringify(error)} ${inspect(error, { depth: 10 })}`).not.toContain('EAA');
    });
  });
}
