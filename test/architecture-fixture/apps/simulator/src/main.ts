import { Pool } from 'undici';
import { main } from '../../api/src/main.js'; // breaks: apps-apart

export const simulator = [Pool, main, process.env];
