export { cachePolicy, createCacheRedis } from './cache-redis.js';
export { CacheModule, Caches } from './cache.module.js';
export { Cache, type CacheOptions, type CacheParts } from './cache.js';
export { MemoryCache, type MemoryCacheOptions } from './memory-cache.js';
