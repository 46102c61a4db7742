/** Lets a pair rest that Meta refused with 131056. Until the rest is over its burst counts as used up. */
export const PENALISE_PAIR = `
-- KEYS[1] the number's state   KEYS[2] the pair   KEYS[3] how often it was refused lately
-- ARGV[1] debt up to which a pair may send (us)   ARGV[2] base of the rest: base^n seconds, n from 0 on
-- ARGV[3] the highest n + 1   ARGV[4] how long refusals are counted (ms)
-- Result: the rest (us)
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local times = redis.call('INCR', KEYS[3])
redis.call('PEXPIRE', KEYS[3], ARGV[4])
local rest = tonumber(ARGV[2]) ^ (math.min(times, tonumber(ARGV[3])) - 1) * 1000000
local debt = tonumber(ARGV[1]) + rest
local before = string.match(redis.call('GET', KEYS[2]) or '', '^(%d+):')
if before then debt = math.max(debt, tonumber(before) - now) end
local since = redis.call('HGET', KEYS[1], 'since') or '0'
redis.call('SET', KEYS[2], string.format('%.0f', now + debt) .. ':' .. since, 'PX', math.ceil(debt / 1000))
return math.max(rest, debt - tonumber(ARGV[1]))
`;

/** Takes one send off the debt of each pair. */
export const REFUND_PAIRS = `
-- KEYS: pairs   ARGV[1] time between two sends of a pair (us)
local values = redis.call('MGET', unpack(KEYS))
for at = 1, #KEYS do
  local free, since = string.match(values[at] or '', '^(%d+):(%d+)$')
  if free then redis.call('SET', KEYS[at], string.format('%.0f', tonumber(free) - tonumber(ARGV[1])) .. ':' .. since, 'KEEPTTL') end
end
return 1
`;

/** Halves a number's rate after 130429. */
export const SLOW_NUMBER = `
-- KEYS[1] the number's state
-- ARGV[1] the least share   ARGV[2] time within which a second answer says nothing new (us)
-- ARGV[3] steps of the recovery (us)   ARGV[4] share of the rate that each gives back   ARGV[5] how long the key is kept (ms)
-- Result: { the share right after the slow-down, its age (us) }
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local state = redis.call('HMGET', KEYS[1], 'share', 'slowed')
local share, slowed = tonumber(state[1] or '') or 1, tonumber(state[2] or '')
if slowed and now - slowed < tonumber(ARGV[2]) then return { tostring(share), now - slowed } end
if slowed then share = math.min(1, share + math.floor((now - slowed) / tonumber(ARGV[3])) * tonumber(ARGV[4])) end
share = math.max(tonumber(ARGV[1]), share / 2)
redis.call('HSET', KEYS[1], 'share', share, 'slowed', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return { tostring(share), 0 }
`;

/** What came in uses starts of the number as what goes out does. */
export const COUNT_INBOUND = `
-- KEYS[1] next free start of the number   KEYS[2] its state
-- ARGV[1] count   ARGV[2] the furthest that the next start may lie ahead (us)   ARGV[3] how long the key is kept (ms)
local stored = tonumber(redis.call('GET', KEYS[1]) or '')
local interval = tonumber(redis.call('HGET', KEYS[2], 'interval') or '')
-- A number that Redis does not know stays unknown: it starts with an empty window anyway.
if not stored or not interval then return 0 end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local next = math.min(math.max(stored, now) + tonumber(ARGV[1]) * interval, now + tonumber(ARGV[2]))
redis.call('SET', KEYS[1], string.format('%.0f', math.max(stored, next)), 'PX', ARGV[3])
return 1
`;
