import pg from 'pg';
import { Queue } from 'bullmq'; // breaks: package-place
import { graph } from '../../graph/src/index.js'; // breaks: alias-only, lib-imports
import { inner } from './inner.js'; // breaks: cycle

export type Client = import('ioredis').Redis; // breaks: package-place
export const rows = [pg, Queue, graph, inner];
