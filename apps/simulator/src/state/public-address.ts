import { Injectable } from '@nestjs/common';

/**
 * How clients reach the simulator. Addresses in webhooks are made without a request at hand: they name the host that the
 * last Graph request was sent to, and the listening address before the first one.
 */
@Injectable()
export class PublicAddress {
  /** Scheme, host and port. */
  origin = 'http://127.0.0.1:4000';
}
