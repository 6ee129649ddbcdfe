-- Reads what a turn needs to begin, and sets the conversation's keys back to their full life (I7).
--
-- KEYS[1] state   KEYS[2] lock   KEYS[3] log   KEYS[4] turns
-- ARGV[1] life of the keys, in seconds
-- ARGV[2] turn id to look up, or ''
--
-- Result: { state | false, lease token | false, 'number:digest' of the turn id | false, its log entry | false }
-- The lease token tells the caller whether this ran under the caller's lease.
local state = redis.call('GET', KEYS[1])
local token = redis.call('GET', KEYS[2])
if not state then
  return { false, token, false, false }
end

redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[3], ARGV[1])
redis.call('EXPIRE', KEYS[4], ARGV[1])

local used = ARGV[2] ~= '' and redis.call('HGET', KEYS[4], ARGV[2])
if not used then
  return { state, token, false, false }
end
local number = string.match(used, '^%d+')
local entry = redis.call('XRANGE', KEYS[3], number, number)[1]
return { state, token, used, entry and entry[2][2] or false }
