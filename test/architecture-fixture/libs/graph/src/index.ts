import { Pool } from 'undici';
import { main } from '../../../apps/api/src/main.js'; // breaks: apps-apart

export const graph = [Pool, main];
