-- Reads a conversation and a page of its transcript, and sets its keys back to their full life (I7).
--
-- KEYS[1] state   KEYS[2] log   KEYS[3] turns
-- ARGV[1] life of the keys, in seconds
-- ARGV[2] number of the newest turn wanted, or '+' for the last
-- ARGV[3] how many turns at most
--
-- Result: false | { state, last log entry | false, { log entry, newest first } }
local state = redis.call('GET', KEYS[1])
if not state then
  return false
end

redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[3], ARGV[1])

local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local page = {}
for index, entry in ipairs(redis.call('XREVRANGE', KEYS[2], ARGV[2], '-', 'COUNT', ARGV[3])) do
  page[index] = entry[2][2]
end
return { state, last and last[2][2] or false, page }
