import { Redis } from 'ioredis';
import { turn } from '../apps/worker/src/turn.js';

export const given = [Redis, turn, process.env];
