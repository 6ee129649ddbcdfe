-- Reads a conversation and a page of its transcript, and sets its keys back to their full life (I7).
--
-- KEYS[1] state   KEYS[2] log   KEYS[3] turns   KEYS[4] holder
-- ARGV[1] life of the keys, in seconds
-- ARGV[2] number of the newest turn wanted, or '+' for the last
-- ARGV[3] how many turns at most
--
-- Result: false | { state, last log entry | false, { log entry, newest first } }
local state = redis.call('GET', KEYS[1])
if not state then
  return false
end

for _, key in ipairs(KEYS) do
  redis.call('EXPIRE', key, ARGV[1])
end

local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local page = {}
for index, entry in ipairs(redis.call('XREVRANGE', KEYS[2], ARGV[2], '-', 'COUNT', ARGV[3])) do
  page[index] = entry[2][2]
end
return { state, last and last[2][2] or false, page }
