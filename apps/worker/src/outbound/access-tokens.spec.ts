import { CredentialMissing, type CredentialOwner, type CredentialSource } from '@parley/messaging';
import type { Clock } from '@parley/platform';
import { AccessTokens } from './access-tokens.js';

const MINUTE_MS = 60_000;

function setUp(answers: readonly (string | Error)[]): { tokens: AccessTokens; asked: CredentialOwner[]; pass: (ms: number) => void } {
  const asked: CredentialOwner[] = [];
  let nowMs = 0;
  const source: Pick<CredentialSource, 'accessToken'> = {
    accessToken: (owner) => {
      const answer = answers[Math.min(asked.push(owner), answers.length) - 1]!;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const clock: Pick<Clock, 'monotonicMs'> = { monotonicMs: () => nowMs };
  return { tokens: new AccessTokens(source as CredentialSource, clock as Clock), asked, pass: (ms) => (nowMs += ms) };
}

describe('access tokens in memory', () => {
  it('are asked for once, however many ask at once, and then known without waiting', async () => {
    const { tokens, asked } = setUp(['one', 'two']);
    expect(await Promise.all([tokens.get('t', 'a', 1), tokens.get('t', 'a', 1)])).toEqual(['one', 'one']);
    expect(tokens.get('t', 'a', 1)).toBe('one');
    expect(asked).toEqual([{ tenantId: 't', accountId: 'a' }]);
  });

  it('are kept for 15 minutes, by account and version', async () => {
    const { tokens, pass } = setUp(['one', 'two', 'three', 'four']);
    await tokens.get('t', 'a', 1);
    expect(await tokens.get('t', 'a', 2)).toBe('two');
    expect(await tokens.get('t', 'b', 1)).toBe('three');
    pass(15 * MINUTE_MS - 1);
    expect(tokens.get('t', 'a', 1)).toBe('one');
    pass(1);
    expect(await tokens.get('t', 'a', 1)).toBe('four');
  });

  it('are forgotten at once when Meta refused them', async () => {
    const { tokens } = setUp(['refused', 'next']);
    await tokens.get('t', 'a', 1);
    tokens.drop('a', 1);
    expect(await tokens.get('t', 'a', 1)).toBe('next');
  });

  it('are asked for again after a failure', async () => {
    const { tokens } = setUp([new CredentialMissing('none'), 'one']);
    await expect(tokens.get('t', 'a', 1)).rejects.toBeInstanceOf(CredentialMissing);
    expect(await tokens.get('t', 'a', 1)).toBe('one');
  });
});
