/**
 * One number, one round trip for a whole set. Times are microseconds of Redis' own clock; they fit a double exactly (2^53
 * microseconds are 285 years), but Lua would print them as 1.7e+15, hence the format.
 */
export const RESERVE_STARTS = `
-- Purpose: reserve up to a count of evenly spaced start times for a number, for those of its pairs that may send.
-- KEYS[1]   next free start of the window, in microseconds since 1970
-- KEYS[2]   the number's state, of its own window only: a hash of
--             since     from when on Redis has counted every send of the number
--             interval  between two starts at the full rate
--             share, slowed   what the last 130429 left of the rate, and when
-- KEYS[3+]  one for each pair: when its debt is paid off, and the 'since' under which that was written
-- ARGV[1]   count wanted        ARGV[2]  interval between starts (us)
-- ARGV[3]   lead (us): no start earlier than now + lead
-- ARGV[4]   horizon (us): no start later than now + horizon
-- ARGV[5]   quiet (us): where the window starts empty, no start earlier than now + quiet
-- ARGV[6]   always | unless-known | never: when quiet binds
-- ARGV[7]   how long the keys are kept after their last use (ms)
-- ARGV[8]   time between two sends of a pair (us)   ARGV[9]  debt up to which it may send (us)
-- ARGV[10]  how far back a send counts for a pair (us)
-- ARGV[11]  steps of the recovery from a slow-down (us)   ARGV[12]  share of the rate that each gives back
-- ARGV[13]  share, ARGV[14] age (us) of a slow-down that the caller knows of, or ''
-- ARGV[15+] one for each pair: the debt that the caller knows of (us), or ''
-- Result:   { now, first start, starts granted, interval, then for each pair what it has to wait (us); -1: not known }
--           Where a pair is not known nothing is reserved: the caller finds out and asks again.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local count, interval = tonumber(ARGV[1]), tonumber(ARGV[2])
local lead, horizon, quiet = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local text = function(value) return string.format('%.0f', value) end

local stored = tonumber(redis.call('GET', KEYS[1]) or '')
-- A next start beyond all that can be given out means that the clock was set back: the past is not known then.
local known = stored ~= nil and stored <= now + quiet + interval
local first = now + lead
if known then first = math.max(first, stored) end
local empty = ARGV[6] == 'always' or (not known and (stored ~= nil or ARGV[6] == 'unless-known'))
if empty then first = math.max(first, now + quiet) end

local since
if KEYS[2] then
  local state = redis.call('HMGET', KEYS[2], 'since', 'interval', 'share', 'slowed')
  since = state[1]
  if empty or (known and not since) then since = text(now) elseif not since then since = '0' end
  local share, slowed = tonumber(state[3] or ''), tonumber(state[4] or '')
  if not share and ARGV[13] ~= '' then share, slowed = tonumber(ARGV[13]), now - tonumber(ARGV[14]) end
  if since ~= state[1] or ARGV[2] ~= state[2] or (share and not state[3]) then
    redis.call('HSET', KEYS[2], 'since', since, 'interval', ARGV[2])
    if share then redis.call('HSET', KEYS[2], 'share', share, 'slowed', text(slowed)) end
  end
  redis.call('PEXPIRE', KEYS[2], ARGV[7])
  if share then
    share = share + math.floor(math.max(0, now - slowed) / tonumber(ARGV[11])) * tonumber(ARGV[12])
    if share < 1 then interval = math.ceil(interval / share) end
  end
end

local room = 0
if first <= now + horizon then room = math.min(count, math.floor((now + horizon - first) / interval) + 1) end

local pairs_asked, waits, debts, unknown = #KEYS - 2, {}, {}, false
if room > 0 and pairs_asked > 0 then
  local tolerance, memory = tonumber(ARGV[9]), tonumber(ARGV[10])
  local is_complete = now - tonumber(since) >= memory
  local values = redis.call('MGET', unpack(KEYS, 3))
  for at = 1, pairs_asked do
    local free, written = string.match(values[at] or '', '^(%d+):(%d+)$')
    local debt
    if free and (written == since or is_complete) then debt = math.max(0, tonumber(free) - now)
    elseif ARGV[14 + at] ~= '' then debt = tonumber(ARGV[14 + at])
    elseif is_complete then debt = 0 end
    debts[at] = debt
    waits[at] = debt and math.max(0, debt - tolerance) or -1
    unknown = unknown or not debt
  end
end

local granted = 0
if not unknown then
  if pairs_asked <= 0 then granted = room end
  for at = 1, #waits do
    if waits[at] == 0 and granted < room then
      local free = math.max(now + debts[at], first + granted * interval) + tonumber(ARGV[8])
      redis.call('SET', KEYS[2 + at], text(free) .. ':' .. since, 'PX', math.ceil((free - now) / 1000))
      granted = granted + 1
    end
  end
end
redis.call('SET', KEYS[1], text(first + granted * interval), 'PX', ARGV[7])
return { text(now), text(first), granted, interval, unpack(waits) }
`;
