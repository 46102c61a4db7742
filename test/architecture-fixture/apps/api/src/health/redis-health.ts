import { Redis } from 'ioredis';

export const redisHealth = Redis;
