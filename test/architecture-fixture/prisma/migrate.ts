import pg from 'pg';
import { rows } from '../libs/data/src/index.js'; // breaks: alias-only

export const migrate = [pg, rows, process.env];
