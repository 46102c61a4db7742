import type { Redis } from 'ioredis';
import { RequestLimit } from './request-limit.js';

export interface RequestLimitsOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly perKey: number;
  readonly perTenant: number;
}

/** What the API puts up with in a minute, by API key or user and by tenant. */
export class RequestLimits {
  readonly key: RequestLimit;
  readonly tenant: RequestLimit;

  constructor({ redis, prefix, perKey, perTenant }: RequestLimitsOptions) {
    this.key = new RequestLimit({ redis, prefix: `${prefix}:requests:key`, requests: perKey });
    this.tenant = new RequestLimit({ redis, prefix: `${prefix}:requests:tenant`, requests: perTenant });
  }
}
