import { turn } from './turn.js';

export type Lease = Record<string, unknown>;
export const lease: () => unknown = () => turn;
