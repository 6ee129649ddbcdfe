-- Reads a conversation and the turns that follow one, and sets its keys back to their full life (I7).
--
-- KEYS[1] state   KEYS[2] log   KEYS[3] turns   KEYS[4] holder
-- ARGV[1] life of the keys, in seconds
-- ARGV[2] number of the turn after which
-- ARGV[3] how many turns at most
-- ARGV[4] how many bytes of them, but for the first one, which is handed over whatever its size
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
local bytes = 0
-- Every id of the log is '<turn number>-0'.
local from = '(' .. ARGV[2] .. '-0'
-- One by one: of large entries no more is touched than is handed over.
while #turns < tonumber(ARGV[3]) do
  local entry = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', 1)[1]
  if not entry then
    break
  end
  bytes = bytes + #entry[2][2]
  if #turns > 0 and bytes > tonumber(ARGV[4]) then
    break
  end
  turns[#turns + 1] = entry[2][2]
  from = '(' .. entry[1]
end
return { state, turns }
