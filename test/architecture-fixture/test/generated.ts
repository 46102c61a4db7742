import { PrismaClient } from '../libs/data/src/generated/client.js';
import { inner } from '../libs/data/src/inner.js'; // breaks: alias-only

export const generated = [PrismaClient, inner];
