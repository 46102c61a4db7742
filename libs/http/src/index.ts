export { guardedLookup, type ResolveHost } from './guarded-lookup.js';
export { GuardedFetch, type GuardedAnswer, type GuardedFetchOptions, type GuardedRequest } from './guarded-fetch.js';
export { GuardedFetchModule } from './guarded-fetch.module.js';
