import type { Lease } from './lease.js';
import { Job } from '@nestjs/bullmq'; // breaks: package-place
import { env } from 'node:process'; // breaks: environment
import { left } from './left.js';

export const turn: Lease = { Job, env, left };
