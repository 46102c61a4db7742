/**
 * One number, one key, one round trip for a whole set. Times are microseconds of Redis' own clock; they fit a double
 * exactly (2^53 microseconds are 285 years), but Lua would print them as 1.7e+15, hence the format.
 */
export const RESERVE_STARTS = `
-- Purpose: reserve up to a count of evenly spaced start times for a number.
-- KEYS[1]  next free start of the number, in microseconds since 1970
-- ARGV[1]  count wanted        ARGV[2]  interval between starts (us)
-- ARGV[3]  lead (us): no start earlier than now + lead
-- ARGV[4]  horizon (us): no start later than now + horizon
-- ARGV[5]  quiet (us): where the window starts empty, no start earlier than now + quiet
-- ARGV[6]  always | unless-known | never: when quiet binds
-- ARGV[7]  how long the key is kept after its last use (ms)
-- Result:  { now, first start, starts granted }
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local count, interval = tonumber(ARGV[1]), tonumber(ARGV[2])
local lead, horizon, quiet = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

local stored = tonumber(redis.call('GET', KEYS[1]) or '')
-- A next start beyond all that can be given out means that the clock was set back: the past is not known then.
local known = stored ~= nil and stored <= now + quiet + interval
local first = now + lead
if known then first = math.max(first, stored) end
if ARGV[6] == 'always' or (not known and (stored ~= nil or ARGV[6] == 'unless-known')) then
  first = math.max(first, now + quiet)
end

local granted = 0
if first <= now + horizon then
  granted = math.min(count, math.floor((now + horizon - first) / interval) + 1)
end
redis.call('SET', KEYS[1], string.format('%.0f', first + granted * interval), 'PX', ARGV[7])
return { string.format('%.0f', now), string.format('%.0f', first), granted }
`;
