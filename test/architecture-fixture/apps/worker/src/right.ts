import { middle } from './middle.js'; // breaks: cycle

export const right: unknown = middle;
