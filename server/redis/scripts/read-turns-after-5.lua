-- Reads a conversation and the turns that follow one, and sets its keys back to their full life (I7), if it is certain
-- that the server can read it (I12).
--
-- KEYS[1] state   KEYS[2] log   KEYS[3] turns   KEYS[4] holder   KEYS[5] forgotten turn ids
-- ARGV[1] life of the keys, in seconds
-- ARGV[2] number of the turn after which
-- ARGV[3] how many turns at most
-- ARGV[4] how many bytes of them; the first is returned whatever its size
--
-- Result: false | { 'foreign' } | { 'slid' | 'unproven' | 'refused', as in read-conversation | 'kept': no turn was asked for,
--         state: its head, the rest, { turn, oldest first }, how long the state lives, in milliseconds,
--         { the turns from which the first is told } }
-- A turn is a log entry: see turn_of.
local is_foreign, head, rest, is_proven, _, _, shown, viewed = open_conversation(KEYS[1], KEYS[2], KEYS[3], KEYS[5], '')
if is_foreign then
  return { 'foreign' }
end
if not head then
  return false
end

local turns = {}
local bytes = 0
-- Every id of the log is '<turn number>-0'.
local from = '(' .. math.max(tonumber(ARGV[2]), shown - 1) .. '-0'
-- One by one, so that no more of large entries is read than is returned.
while #turns < tonumber(ARGV[3]) do
  local entry = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', 1)[1]
  if not entry then
    break
  end
  local turn = turn_of(entry)
  bytes = bytes + #turn[1]
  if #turns > 0 and bytes > tonumber(ARGV[4]) then
    break
  end
  is_proven = is_proven and is_proven_turn(turn)
  turns[#turns + 1] = turn
  from = '(' .. entry[1]
end
local before, is_whole = {}, true
if turns[1] then
  before, is_whole = told_from(KEYS[2], turns[1], viewed)
end
is_proven = is_proven and is_whole and are_proven_turns(before)
local slid = 'kept'
if tonumber(ARGV[3]) > 0 then
  slid = is_proven and slide_or_not(KEYS, ARGV[1]) or 'unproven'
end
return { slid, head, rest, turns, redis.call('PTTL', KEYS[1]), before }
