import { rows } from '@parley/data'; // breaks: alias-only, cycle

export const inner: () => unknown = () => rows;
