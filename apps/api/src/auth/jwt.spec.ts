import { ROLE_SCOPES, provenTenant } from '@parley/domain';
import type { JwtSettings } from '@parley/platform';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Jwts } from './jwt.js';

const TENANT = provenTenant('0199a1b2-0000-7000-8000-000000000001');
const SECRET = 'a-secret-of-at-least-32-characters!';
const BY_SECRET: JwtSettings = {
  key: { secret: SECRET },
  issuer: 'https://id.test',
  audience: 'parley',
  algorithms: ['HS256'],
};
const CLAIMS = { sub: 'ana', tenant_id: TENANT, role: 'agent' };

interface Changes {
  readonly claims?: JWTPayload;
  readonly without?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: number;
  readonly header?: Record<string, unknown>;
  readonly alg?: string;
  readonly key?: CryptoKey | Uint8Array;
}

const now = () => Math.floor(Date.now() / 1_000);
const bytes = (text: string) => new TextEncoder().encode(text);

function sign(changes: Changes = {}): Promise<string> {
  const claims: JWTPayload = {
    ...CLAIMS,
    iss: changes.issuer ?? BY_SECRET.issuer,
    aud: changes.audience ?? BY_SECRET.audience,
    exp: changes.expires ?? now() + 300,
    ...changes.claims,
  };
  if (changes.without) delete claims[changes.without];
  return new SignJWT(claims)
    .setProtectedHeader({ alg: changes.alg ?? 'HS256', ...changes.header })
    .sign(changes.key ?? bytes(SECRET));
}

function users(state: string | null = 'ACTIVE', known = true) {
  const seen: string[] = [];
  const tenantUser = async (tenantId: string, subject: string) => {
    seen.push(`${tenantId} ${subject}`);
    return known ? { tenantId: TENANT, userState: state } : null;
  };
  return { seen, tenantUser };
}

describe('Jwts by a secret', () => {
  const verify = (token: string, lookups = users()) => new Jwts(BY_SECRET, lookups, 2).verify(token);

  it.each(['admin', 'agent'] as const)('gives the role %s its scopes', async (role) => {
    const caller = await verify(await sign({ claims: { role } }));
    expect(caller).toEqual({ kind: 'jwt', tenantId: TENANT, actor: 'user:ana', scopes: new Set(ROLE_SCOPES[role]) });
  });

  it.each([undefined, 'JWT', 'at+jwt', 'application/at+jwt'])('takes the type %s', async (typ) => {
    expect(await verify(await sign({ header: typ === undefined ? {} : { typ } }))).not.toBeNull();
  });

  it('takes who is not registered, on the word of the issuer', async () => {
    expect(await verify(await sign(), users(null))).not.toBeNull();
  });

  it('puts up with clocks that differ by half a minute, and no more', async () => {
    expect(await verify(await sign({ expires: now() - 25 }))).not.toBeNull();
    expect(await verify(await sign({ expires: now() - 60 }))).toBeNull();
    expect(await verify(await sign({ claims: { nbf: now() + 25 } }))).not.toBeNull();
    expect(await verify(await sign({ claims: { nbf: now() + 61 } }))).toBeNull();
  });

  it('asks about a user once within the time of the cache', async () => {
    const lookups = users();
    const jwts = new Jwts(BY_SECRET, lookups, 2);
    await jwts.verify(await sign());
    await jwts.verify(await sign({ claims: { role: 'admin' } }));
    expect(lookups.seen).toEqual([`${TENANT} ana`]);
  });

  const refused: readonly (readonly [string, Changes])[] = [
    ['of another issuer', { issuer: 'https://evil.test' }],
    ['for another audience', { audience: 'others' }],
    ['without exp', { without: 'exp' }],
    ['without sub', { without: 'sub' }],
    ['without tenant_id', { without: 'tenant_id' }],
    ['without role', { without: 'role' }],
    ['without iss', { without: 'iss' }],
    ['without aud', { without: 'aud' }],
    ['with an empty sub', { claims: { sub: '' } }],
    ['with a sub that cannot be stored', { claims: { sub: 'a\u0000' } }],
    ['with an endless sub', { claims: { sub: 'a'.repeat(256) } }],
    ['with a sub that is a number', { claims: { sub: 7 as unknown as string } }],
    ['with a tenant_id that is no UUID', { claims: { tenant_id: 'roma' } }],
    ['with a tenant_id that is a list', { claims: { tenant_id: [TENANT] } }],
    ['with the role platform', { claims: { role: 'platform' } }],
    ['with a role of the prototype', { claims: { role: 'constructor' } }],
    ['of another type', { header: { typ: 'logout+jwt' } }],
    ['signed with another secret', { key: bytes('another-secret-of-32-characters-or-so') }],
    ['by an algorithm that is not configured', { alg: 'HS512', key: bytes(SECRET.padEnd(64, '!')) }],
  ];

  it.each(refused)('refuses a token %s', async (_, changes) => {
    expect(await verify(await sign(changes))).toBeNull();
  });

  it('refuses alg none', async () => {
    const claims = { ...CLAIMS, iss: BY_SECRET.issuer, aud: BY_SECRET.audience, exp: now() + 60 };
    expect(await verify(new UnsecuredJWT(claims).encode())).toBeNull();
  });

  it('refuses a changed token', async () => {
    const [header, , signature] = (await sign()).split('.');
    const payload = Buffer.from(JSON.stringify({ ...CLAIMS, role: 'admin' })).toString('base64url');
    expect(await verify(`${header}.${payload}.${signature}`)).toBeNull();
  });

  it.each(['', 'a.b.c', '..', 'x'.repeat(10_240)])('refuses what is no token', async (token) => {
    expect(await verify(token)).toBeNull();
  });

  it('refuses a disabled user, and a tenant that is unknown or suspended', async () => {
    expect(await verify(await sign(), users('DISABLED'))).toBeNull();
    expect(await verify(await sign(), users(null, false))).toBeNull();
  });

  it('does not take a database that is away for a bad token', async () => {
    const lookups = { tenantUser: () => Promise.reject(new Error('away')) };
    await expect(new Jwts(BY_SECRET, lookups, 2).verify(await sign())).rejects.toThrow('away');
  });
});

describe('Jwts by a JWKS', () => {
  let server: Server;
  let answer: { status: number; body: string };
  let pair: Awaited<ReturnType<typeof generateKeyPair>>;

  beforeAll(async () => {
    pair = await generateKeyPair('RS256', { extractable: true });
    server = createServer((_, response) =>
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  beforeEach(async () => {
    answer = {
      status: 200,
      body: JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' }] }),
    };
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  function verify(token: string) {
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    return new Jwts({ ...BY_SECRET, key: { jwksUrl }, algorithms: ['RS256', 'ES256', 'EdDSA'] }, users(), 2).verify(
      token,
    );
  }

  const byKey = (header: Record<string, unknown> = {}) =>
    sign({ alg: 'RS256', key: pair.privateKey, header: { kid: 'k1', ...header } });

  it('takes a token of the issuer', async () => {
    expect(await verify(await byKey())).toMatchObject({ kind: 'jwt', actor: 'user:ana' });
  });

  it('refuses an HMAC made with the public key', async () => {
    const publicKey = bytes(await exportSPKI(pair.publicKey));
    expect(await verify(await sign({ key: publicKey, header: { kid: 'k1' } }))).toBeNull();
  });

  it('refuses an unknown kid', async () => {
    expect(await verify(await byKey({ kid: 'k2' }))).toBeNull();
  });

  it('does not follow keys that the token brings along', async () => {
    const evil = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(evil.publicKey);
    for (const header of [{ jwk }, { jku: 'http://127.0.0.1:9/jwks.json' }, { x5u: 'http://127.0.0.1:9/cert' }]) {
      expect(
        await verify(await sign({ alg: 'RS256', key: evil.privateKey, header: { kid: 'k1', ...header } })),
      ).toBeNull();
    }
  });

  it.each([
    ['away', 503, ''],
    ['no JSON', 200, '<html>'],
    ['no JWKS', 200, '{"keys":1}'],
  ])('says that it is our fault when the JWKS is %s', async (_, status, body) => {
    answer = { status, body };
    await expect(verify(await byKey())).rejects.toMatchObject({ code: 'auth.unavailable' });
  });
});
