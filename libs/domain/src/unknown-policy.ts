import type { ConsentPurpose } from './consent.js';

/**
 * What follows when Meta never said what became of a message:
 * - `park`: it fails as a dead letter with the reason `uncertain`; a person decides, and a status still corrects it
 * - `resend`: it is sent once more; the customer may get it twice
 */
export const UNKNOWN_POLICIES = ['park', 'resend'] as const;

export type UnknownPolicy = (typeof UNKNOWN_POLICIES)[number];

/** A tenant's wish: `default` for every purpose that is not named. */
export type OnUnknown = { readonly default: UnknownPolicy } & { readonly [Purpose in ConsentPurpose]?: UnknownPolicy };

/** Twice is worse than never, unless the tenant says otherwise. */
export const ON_UNKNOWN_DEFAULT: OnUnknown = { default: 'park' };
