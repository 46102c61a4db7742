import { forwardRef } from '@nestjs/common'; // breaks: forward-ref
import type { rows } from '@parley/data';
import { inner } from '@parley/data/src/inner.js'; // breaks: alias-only
import { queue } from '../../../libs/queue/src/index.js'; // breaks: alias-only
import { turn } from '../../worker/src/turn.js'; // breaks: apps-apart
import { given } from '../../../test/given.js'; // breaks: no-tools-in-product
import { redisHealth } from './health/redis-health.js';

export const main = [inner, queue, turn, given, redisHealth];
export type Rows = typeof rows;
export const late = () => import('ioredis'); // breaks: package-place
export const circle = () => forwardRef(() => main); // breaks: forward-ref
export const level = process.env.LOG_LEVEL; // breaks: environment
export const port = process['env']['PORT']; // breaks: environment
