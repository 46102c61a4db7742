/**
 * Redis hands out what the database has reserved, and no more. Three keys of one organisation:
 *   counter  messages of the window that were handed out
 *   limit    a hash: upTo, how far the counter may go before the database is asked; window, whose reservation that is
 *   throttle set while nothing is left, until the window ends
 */
export const TAKE_QUOTA = `
-- KEYS: counter, limit, throttle   ARGV[1] count wanted
-- Result: { granted, ms until the window ends, window, 1 while nothing is left }
local throttled = redis.call('PTTL', KEYS[3])
local limit = redis.call('HMGET', KEYS[2], 'upTo', 'window')
if throttled > 0 then return { 0, throttled, limit[2] or '', 1 } end
if not limit[1] then return { 0, 0, '', 0 } end
-- Where the counter is gone and the limit is not, nothing is known of what was handed out.
local counted = tonumber(redis.call('GET', KEYS[1]) or limit[1])
local granted = math.max(0, math.min(tonumber(ARGV[1]), tonumber(limit[1]) - counted))
if granted > 0 then redis.call('INCRBY', KEYS[1], granted) end
return { granted, redis.call('PTTL', KEYS[2]), limit[2], 0 }
`;

export const EXTEND_QUOTA = `
-- KEYS: counter, limit, throttle
-- ARGV: from, to, window, ms until the window ends, count wanted, 1 where the quota ends with this block
-- Result: granted
local from, to, window, count = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[5])
local limit = redis.call('HMGET', KEYS[2], 'upTo', 'window')
local known = tonumber(limit[2] or '')
-- An answer that comes after its window's end: what it reserved stays unused.
if known and known > window then return 0 end
local counted, upTo = 0, 0
if known == window then
  upTo = tonumber(limit[1])
  counted = tonumber(redis.call('GET', KEYS[1]) or upTo)
end
if to > upTo then
  -- What lies between was handed out elsewhere.
  counted = counted + from - upTo
  upTo = to
else
  counted = counted - (to - from)
end
local granted = math.max(0, math.min(count, upTo - counted))
counted = counted + granted
redis.call('SET', KEYS[1], string.format('%.0f', counted), 'PX', ARGV[4])
redis.call('HSET', KEYS[2], 'upTo', string.format('%.0f', upTo), 'window', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
if ARGV[6] == '1' and counted >= upTo then redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4]) end
return granted
`;

export const GIVE_BACK_QUOTA = `
-- KEYS: counter, limit, throttle   ARGV[1] count   ARGV[2] the window that it was taken from
-- Result: 1 where it was taken back
if redis.call('HGET', KEYS[2], 'window') ~= ARGV[2] or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('DECRBY', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[3])
return 1
`;

export const RETURN_QUOTA = `
-- KEYS: counter, limit, throttle
-- Result: { what was reserved and not handed out, window }; Redis knows nothing of the quota then
local limit = redis.call('HMGET', KEYS[2], 'upTo', 'window')
local counted = tonumber(redis.call('GET', KEYS[1]) or limit[1] or '0')
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
if not limit[1] then return { 0, '' } end
return { math.max(0, tonumber(limit[1]) - counted), limit[2] }
`;
