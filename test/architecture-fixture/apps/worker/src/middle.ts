export * from './left.js'; // breaks: cycle
export const middle = 1;
