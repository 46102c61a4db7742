import ipaddr from 'ipaddr.js';
import { DomainError } from './domain-error.js';

/** Ports that a public https address may name. */
const PORTS: ReadonlySet<string> = new Set(['', '443', '8443']);
/** Endings that never lead to a public host (RFC 6761, RFC 6762, RFC 8375, and ICANN's .internal). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|home\.arpa|lan|localdomain|test|invalid|onion)$/;

/** Prefixes of IPv6 inside which an IPv4 address is written, and the byte at which it begins. */
const WRAPPED_IPV4: readonly { readonly range: [ipaddr.IPv6, number]; readonly at: number }[] = [
  { range: ipaddr.IPv6.parseCIDR('::ffff:0:0/96'), at: 12 },
  { range: ipaddr.IPv6.parseCIDR('64:ff9b::/96'), at: 12 },
  { range: ipaddr.IPv6.parseCIDR('2002::/16'), at: 2 },
];
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address is of the public internet. IPv4 inside IPv6 (mapped, NAT64, 6to4) is judged as the IPv4 that it
 * is; whatever is no address is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  // Forms with fewer than four parts are read differently by different resolvers.
  if (parsed instanceof ipaddr.IPv4) return ipaddr.IPv4.isValidFourPartDecimal(address) && parsed.range() === 'unicast';
  const wrapped = WRAPPED_IPV4.find(({ range }) => parsed.match(range));
  if (wrapped) return new ipaddr.IPv4(parsed.toByteArray().slice(wrapped.at, wrapped.at + 4)).range() === 'unicast';
  // Outside of 2000::/3 nothing is routed, whatever a library may call it; ::127.0.0.1 is one of those.
  return parsed.match(GLOBAL_UNICAST) && parsed.range() === 'unicast';
}

/**
 * Why an address that somebody gave us may not be asked, as one sentence for people; null where it may. Looks at the text
 * alone: what a name resolves to is checked where the connection is made. Addresses of `allowedOrigins` are always taken.
 */
export function publicUrlFault(text: string, allowedOrigins: readonly string[] = []): string | null {
  const url = URL.parse(text);
  // A parser that forgives blanks and line ends would ask another address than the one that was checked.
  if (!url || /[\s\p{Cc}\\]/u.test(text)) return 'The address is not a URL.';
  if (url.username !== '' || url.password !== '') return 'The address carries a user name or password.';
  if (allowedOrigins.includes(url.origin)) return null;
  if (url.protocol !== 'https:') return 'The address does not begin with https://.';
  if (!PORTS.has(url.port)) return 'The address names a port other than 443 and 8443.';
  return isPublicHost(url.hostname) ? null : 'The address is not one of the public internet.';
}

/** The address, parsed. @throws DomainError url.refused with the pointer of the field that holds it */
export function assertPublicUrl(text: string, pointer: string, allowedOrigins: readonly string[] = []): URL {
  const detail = publicUrlFault(text, allowedOrigins);
  if (detail === null) return new URL(text);
  throw new DomainError('url.refused', detail, { errors: [{ pointer, code: 'url.refused', detail }] });
}

/** The URL parser has already written decimal, octal and hexadecimal forms of IPv4 as four numbers. */
function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (ipaddr.isValid(host)) return isPublicAddress(host);
  return host.includes('.') && !LOCAL_NAME.test(host);
}
