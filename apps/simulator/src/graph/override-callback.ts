import { Injectable } from '@nestjs/common';
import { Handshake } from '../webhooks/handshake.js';
import { GraphError } from './graph-error.js';

const MAX_CALLBACK_LENGTH = 200;

/** A callback that stands in for another one; it has to prove itself before it does. */
@Injectable()
export class OverrideCallback {
  constructor(private readonly handshake: Handshake) {}

  /**
   * Checks and asks a callback right now.
   * @returns the address; undefined where none is named, or an empty one, which takes the override away
   * @throws GraphError 100 for a bad address, 100/2200 for one that fails its handshake
   */
  async verify(uri: unknown, verifyToken: unknown): Promise<string | undefined> {
    if (uri === undefined || uri === '') return undefined;
    if (typeof uri !== 'string' || !URL.canParse(uri) || uri.length > MAX_CALLBACK_LENGTH) {
      throw new GraphError(100, {
        details: `override_callback_uri has to be an address of at most ${MAX_CALLBACK_LENGTH} characters.`,
      });
    }
    if (typeof verifyToken !== 'string') throw new GraphError(100, { details: 'verify_token is required.' });
    const { ok, reason } = await this.handshake.perform(uri, verifyToken);
    if (ok) return uri;
    throw new GraphError(100, {
      message: `(#2200) Callback verification failed with the following errors: ${reason}`,
      subcode: 2200,
    });
  }
}
