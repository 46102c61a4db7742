import { DomainError } from './domain-error.js';
import { assertPublicUrl, isPublicAddress, publicUrlFault } from './public-url.js';

/** Ways in which private hosts have been written to get past a check; each has been part of an advisory or of a talk. */
const REFUSED = [
  // Not https, or no URL.
  'http://example.com/', 'ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com/', 'javascript:alert(1)', 'data:text/plain,x',
  'https://', '//example.com/', 'example.com', '', 'https://exa mple.com/', 'https://example.com/\r\nHost: x', 'https:\\\\example.com', ' https://example.com/',
  // Credentials and ports.
  'https://user@example.com/', 'https://user:password@example.com/', 'https://example.com@127.0.0.1/', 'https://127.0.0.1\\@example.com/',
  'https://example.com:22/', 'https://example.com:6379/', 'https://example.com:80/', 'https://example.com:9200/',
  // Loopback, in every way of writing it.
  'https://127.0.0.1/', 'https://127.1/', 'https://127.0.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://0x7f.0.0.1/', 'https://0177.0.0.1/',
  'https://017700000001/', 'https://127.0.0.1./', 'https://127.255.255.254/', 'https://0/', 'https://0.0.0.0/', 'https://①②⑦.0.0.1/',
  'https://[::1]/', 'https://[::]/', 'https://[0:0:0:0:0:0:0:1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/', 'https://[64:ff9b:1::a00:1]/', 'https://[2002:7f00:1::]/', 'https://[2002:c0a8:101::1]/', 'https://[::ffff:0:127.0.0.1]/',
  // Names that stay at home.
  'https://localhost/', 'https://LOCALHOST/', 'https://localhost./', 'https://app.localhost/', 'https://redis/', 'https://printer.local/',
  'https://metadata.google.internal/computeMetadata/v1/', 'https://router.lan/', 'https://db.home.arpa/',
  // Cloud metadata.
  'https://169.254.169.254/latest/meta-data/', 'https://0xa9fea9fe/', 'https://2852039166/', 'https://0251.0376.0251.0376/', 'https://[::ffff:a9fe:a9fe]/',
  'https://[fd00:ec2::254]/', 'https://100.100.100.200/', 'https://169.254.170.2/', 'https://192.0.0.192/',
  // Private and special networks.
  'https://10.0.0.1/', 'https://10.1/', 'https://172.16.0.1/', 'https://172.31.255.255/', 'https://192.168.1.1/', 'https://0xc0a80101/', 'https://100.64.0.1/',
  'https://198.18.0.1/', 'https://192.0.2.1/', 'https://203.0.113.1/', 'https://224.0.0.1/', 'https://240.0.0.1/', 'https://255.255.255.255/',
  'https://[fe80::1]/', 'https://[fc00::1]/', 'https://[fec0::1]/', 'https://[ff02::1]/', 'https://[2001:db8::1]/', 'https://[100::1]/', 'https://[2001::1]/',
  'https://[4000::1]/',
];

const TAKEN = [
  'https://example.com/', 'https://hooks.example.co.uk:8443/whatsapp?x=1', 'https://example.com:443/', 'https://93.184.216.34/', 'https://[2606:4700::1111]/',
  'https://xn--rstaurant-b1a.ro/', 'https://localhost.example.com/', 'https://[::ffff:93.184.216.34]/', 'https://example.com./',
];

describe('an address that a tenant gives us', () => {
  it('is looked for in a corpus of more than sixty tricks', () => {
    expect(new Set(REFUSED).size).toBe(REFUSED.length);
    expect(REFUSED.length).toBeGreaterThanOrEqual(60);
  });

  it.each(REFUSED)('is refused: %j', (text) => {
    expect(publicUrlFault(text)).toEqual(expect.any(String));
  });

  it.each(TAKEN)('is taken: %s', (text) => {
    expect(publicUrlFault(text)).toBeNull();
  });

  it('is taken as it is where the operator allowed its origin, and only there', () => {
    const allowed = ['http://10.0.0.5:8080'];
    expect(publicUrlFault('http://10.0.0.5:8080/hook', allowed)).toBeNull();
    for (const other of ['http://10.0.0.5/hook', 'https://10.0.0.5:8080/', 'http://10.0.0.5:8080.evil.example/', 'http://u:p@10.0.0.5:8080/']) {
      expect([other, publicUrlFault(other, allowed)]).toEqual([other, expect.any(String)]);
    }
  });

  it('is refused with the field that holds it, and never quoted', () => {
    const refusal = (() => {
      try {
        return assertPublicUrl('https://user:hunter2@example.com/', '/callbackUrl');
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({ code: 'url.refused', errors: [{ pointer: '/callbackUrl', code: 'url.refused' }] });
    expect(JSON.stringify(refusal)).not.toContain('hunter2');
    expect(assertPublicUrl('https://example.com/a', '/x').pathname).toBe('/a');
  });
});

it('what is no address at all is not public', () => {
  for (const text of ['', 'example.com', '1.2.3', '::g', '93.184.216.34/32']) expect([text, isPublicAddress(text)]).toEqual([text, false]);
  expect(isPublicAddress('93.184.216.34')).toBe(true);
});
