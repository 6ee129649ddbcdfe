-- Reads what a turn needs to begin, and sets the conversation's keys back to their full life (I7).
--
-- KEYS[1] state   KEYS[2] lock   KEYS[3] log   KEYS[4] turns   KEYS[5] holder
-- ARGV[1] life of the keys, in seconds
-- ARGV[2] turn id to look up, or ''
-- ARGV[3] how many log entries to hand over where an agent has to be told anew what was said
--
-- Result: { state | false, what is in the lock | false, 'number:digest:token' of the turn id | false, its log entry | false,
--           false | { the holder's place, how long it has held the lease in milliseconds, '1' stale | '0' },
--           { log entry, newest first } }
-- What is in the lock tells the caller whether this ran under the caller's lease.
local state = redis.call('GET', KEYS[1])
local owner = redis.call('GET', KEYS[2])
for _, key in ipairs({ KEYS[1], KEYS[3], KEYS[4], KEYS[5] }) do
  redis.call('EXPIRE', key, ARGV[1])
end

local holder = false
local token, place, since, stale = unpack(redis.call('HMGET', KEYS[5], 'token', 'place', 'since', 'stale'))
if token and token == owner then
  local time = redis.call('TIME')
  holder = { place, math.max(0, time[1] * 1000 + math.floor(time[2] / 1000) - since), stale }
end
if not state then
  return { false, owner, false, false, holder, {} }
end

local said = {}
if holder and stale == '1' then
  for index, entry in ipairs(redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', ARGV[3])) do
    said[index] = entry[2][2]
  end
end
local used = ARGV[2] ~= '' and redis.call('HGET', KEYS[4], ARGV[2])
if not used then
  return { state, owner, false, false, holder, said }
end
local number = string.match(used, '^%d+')
local entry = redis.call('XRANGE', KEYS[3], number, number)[1]
return { state, owner, used, entry and entry[2][2] or false, holder, said }
