import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { PrismaClient } from '@prisma/client'; // breaks: package-place

export const queue = [Queue, Redis, PrismaClient];
export { pool } from 'undici'; // breaks: package-place
