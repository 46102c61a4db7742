import { currentContext, newRequestId, noteTenant, requestIdFrom, runInContext } from './context.js';

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('context', () => {
  it('follows what is awaited, and two at once do not mix', async () => {
    const seen = async (requestId: string): Promise<unknown> =>
      runInContext({ requestId }, async () => {
        noteTenant(`tenant of ${requestId}`);
        await new Promise(setImmediate);
        return currentContext();
      });
    expect(await Promise.all([seen('a'), seen('b')])).toEqual([
      { requestId: 'a', tenantId: 'tenant of a' },
      { requestId: 'b', tenantId: 'tenant of b' },
    ]);
  });

  it('is absent outside, where noting a tenant does nothing', () => {
    noteTenant('nobody');
    expect(currentContext()).toBeUndefined();
  });
});

describe('request ids', () => {
  it('are UUIDs of version 7 that carry the present time', () => {
    const id = newRequestId();
    expect(id).toMatch(UUID_7);
    const time = parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    expect(Math.abs(Date.now() - time)).toBeLessThan(1_000);
    expect(newRequestId()).not.toBe(id);
  });

  it("keep a sane id of the caller's", () => {
    expect(requestIdFrom('order-4711.retry_2')).toBe('order-4711.retry_2');
  });

  it.each([undefined, '', 'short', 'a'.repeat(65), 'line\nbreak', '<script>alert(1)', ['one-of-two', 'two-of-two']])(
    'replace %j',
    (header) => {
      expect(requestIdFrom(header)).toMatch(UUID_7);
    },
  );
});
