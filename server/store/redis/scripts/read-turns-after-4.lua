-- Reads a conversation and the turns that follow one, and sets its keys back to their full life (I7).
--
-- KEYS[1] state   KEYS[2] log   KEYS[3] turns   KEYS[4] holder
-- ARGV[1] life of the keys, in seconds
-- ARGV[2] number of the turn after which
-- ARGV[3] how many turns at most
--
-- Result: false | { state, { log entry, oldest first } }
local state = redis.call('GET', KEYS[1])
if not state then
  return false
end

for _, key in ipairs(KEYS) do
  redis.call('EXPIRE', key, ARGV[1])
end

local turns = {}
if ARGV[3] ~= '0' then
  -- Every id of the log is '<turn number>-0'.
  local from = '(' .. ARGV[2] .. '-0'
  for index, entry in ipairs(redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', ARGV[3])) do
    turns[index] = entry[2][2]
  end
end
return { state, turns }
