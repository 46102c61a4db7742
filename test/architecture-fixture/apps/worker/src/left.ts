import { right } from './right.js'; // breaks: cycle

export const left: unknown = right;
