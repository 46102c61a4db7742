import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '@parley/domain';
import { GuardedFetch } from '@parley/http';

/** Asks a callback what Meta is going to ask it, so that its owner hears what it answered, which Meta does not tell. */
@Injectable()
export class CallbackHandshake {
  constructor(private readonly http: GuardedFetch) {}

  /** @throws url.refused, url.unreachable, callback.unverified; each with the pointer `/callbackUrl` */
  async verify(callbackUrl: string, verifyToken: string): Promise<void> {
    const challenge = String(randomInt(1_000_000_000, 2_000_000_000));
    const url = new URL(callbackUrl);
    url.searchParams.set('hub.mode', 'subscribe');
    url.searchParams.set('hub.verify_token', verifyToken);
    url.searchParams.set('hub.challenge', challenge);
    const { status, body } = await this.http.fetch(url.href, { pointer: '/callbackUrl' });
    if (status === 200 && body.equals(Buffer.from(challenge))) return;
    const detail = status === 200 ? 'The address did not answer with the challenge alone.' : `The address answered ${status}, not 200.`;
    throw new DomainError('callback.unverified', detail, { errors: [{ pointer: '/callbackUrl', code: 'callback.unverified', detail }] });
  }
}
