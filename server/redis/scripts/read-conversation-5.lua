-- Reads a conversation and a page of its transcript, and sets its keys back to their full life (I7), if it is certain
-- that the server can read it (I12).
--
-- KEYS[1] state   KEYS[2] log   KEYS[3] turns   KEYS[4] holder   KEYS[5] forgotten turn ids
-- ARGV[1] life of the keys, in seconds
-- ARGV[2] number of the newest turn wanted, or '+' for the last
-- ARGV[3] how many turns at most
-- ARGV[4] how many bytes of them; the newest is returned whatever its size
--
-- Result: false | { 'foreign': a value of another type is stored under one of its keys } |
--         { 'slid' | 'unproven': the server must read it first, and slide it then | 'refused': this Redis takes no writes,
--           state: its head, the rest, the last turn | false where it is the first of the page or there is none, { turn, newest first },
--           how long the state lives, in milliseconds }
-- A turn is a log entry: see turn_of.
local is_foreign, head, rest, is_proven, _, _, shown = open_conversation(KEYS[1], KEYS[2], KEYS[3], KEYS[5], '')
if is_foreign then
  return { 'foreign' }
end
if not head then
  return false
end

local page = {}
local bytes = 0
local upto = ARGV[2]
-- One by one, so that no more of large entries is read than is returned.
while #page < tonumber(ARGV[3]) do
  local entry = redis.call('XREVRANGE', KEYS[2], upto, '-', 'COUNT', 1)[1]
  if not entry then
    break
  end
  local turn = turn_of(entry)
  bytes = bytes + #turn[1]
  if tonumber(turn[3]) < shown or #page > 0 and bytes > tonumber(ARGV[4]) then
    break
  end
  is_proven = is_proven and is_proven_turn(turn)
  page[#page + 1] = turn
  upto = '(' .. entry[1]
end
local last = false
if ARGV[2] ~= '+' then
  local entry = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
  last = entry and turn_of(entry)
  is_proven = is_proven and (not last or is_proven_turn(last))
end

local slid = is_proven and slide_or_not(KEYS, ARGV[1]) or 'unproven'
return { slid, head, rest, last, page, redis.call('PTTL', KEYS[1]) }
