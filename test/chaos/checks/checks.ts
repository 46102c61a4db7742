import { ANSWERS } from './answers.js';
import { CANARIES } from './canaries.js';
import { CONSERVATION } from './conservation.js';
import { AT_MOST_ONCE, ORDER, RATES } from './sends.js';
import { ALERTS, LEASES, MONOTONE } from './states.js';
import type { Check } from './verdict.js';
import { DEAD_ITEMS, NOT_EARLY } from './webhooks.js';

/** All of them, over every run. C3, that no tenant sees another's rows, is test/medium/rls.medium-spec.ts. */
export const CHECKS: readonly Check[] = [CONSERVATION, AT_MOST_ONCE, ORDER, RATES, LEASES, MONOTONE, CANARIES, ALERTS, ANSWERS, DEAD_ITEMS, NOT_EARLY];
