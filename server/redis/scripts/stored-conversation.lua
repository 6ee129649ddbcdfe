-- Shared by the scripts that read a conversation. `stored_format` is the newest format that this server reads, and the one
-- that it writes (server/domain/stored-conversation.ts); readScript puts it in front.

-- Returns the reply of a command that reads; or false, true where its key holds a value of another type than ours.
local function read(...)
  local reply = redis.pcall(...)
  if type(reply) ~= 'table' or not reply.err then
    return reply, false
  end
  if string.find(reply.err, 'WRONGTYPE', 1, true) then
    return false, true
  end
  return error(reply)
end

-- The guard of a state, its format, and the sum of the rest. They are shorter than this, in bytes: see writeState.
local longest_head = 255

-- Reads a state in two parts: its head, and the rest that the sum in the head is of. Redis hashes each byte of a string that enters
-- Lua, so no part enters it twice. Returns the head, or false where there is no state; the rest; and whether the state is
-- certain to be readable, without parsing all of it: it is of our format, and the rest has the sum that was written with it
-- (writeState). Where the head can't be told (a state of version a1ce3d2 has no format), all of the state is the head, and the
-- server must read it.
local function read_state(key, head)
  if head == '' and redis.call('EXISTS', key) == 0 then
    return false, '', false
  end
  local format, sum, rest_at = string.match(
    head, '^{"incarnation":"[^"]*","revision":%d+,"committedBy":"[^"]*","format":(%d+),"sum":"(%x+)"()'
  )
  if not format then
    return redis.call('GET', key), '', false
  end
  local rest = redis.call('GETRANGE', key, rest_at - 1, -1)
  return string.sub(head, 1, rest_at - 1), rest, format == stored_format and redis.sha1hex(rest) == sum
end

-- Returns the numbers that the rest of a state holds about the log (server/domain/turn-log.ts): of the oldest entry that is
-- kept, of the oldest turn that is shown, and of the turn whose view the state tells (0 for none). They are 1, 1 and 0
-- for a state of format 1, which holds none of them.
local function log_of(rest)
  local first, shown, viewed = string.match(rest, '^,"log":{"first":(%d+),"shown":(%d+),"viewed":(%d+)')
  return tonumber(first or 1), tonumber(shown or 1), tonumber(viewed or 0)
end

-- A log entry as it is returned: the turn as JSON, the entry's format ('' in one of version a1ce3d2), the turn's
-- number, the number of the whole entry from which it is told, and the turn's id (both '' in format 1).
local function turn_of(entry)
  local fields = entry[2]
  local is_format_2 = fields[5] == 'whole'
  return {
    fields[2] or '',
    fields[3] == 'format' and fields[4] or '',
    string.match(entry[1], '^%d+'),
    is_format_2 and fields[6] or '',
    is_format_2 and fields[8] or '',
  }
end

-- The turns from which one is told, oldest first: none where its entry is whole, or where the state tells its view.
-- There are few of them, however long the conversation is (turn-log.ts). Returns whether none of them is missing, too.
local function told_from(log, turn, viewed)
  local number, whole = turn[3], turn[4]
  local before = {}
  if whole == '' or whole == number or tonumber(number) == viewed then
    return before, true
  end
  for _, entry in ipairs(redis.call('XRANGE', log, whole .. '-0', '(' .. number .. '-0')) do
    before[#before + 1] = turn_of(entry)
  end
  return before, #before == number - whole
end

-- The bits by which a forgotten turn id is remembered: eight of 2^20 (docs/decisions/0064).
local function bits_of(turn_id)
  local sum = redis.sha1hex(turn_id)
  local bits = {}
  for probe = 0, 7 do
    bits[#bits + 1] = tonumber(string.sub(sum, probe * 5 + 1, probe * 5 + 5), 16)
  end
  return bits
end

-- Returns whether a turn id is one of those that were forgotten, or, very rarely, has the same bits.
local function is_forgotten(forgotten, turn_id)
  for _, bit in ipairs(bits_of(turn_id)) do
    if redis.call('GETBIT', forgotten, bit) == 0 then
      return false
    end
  end
  return true
end

-- Returns the turn ids of the log's entries from one number up to another.
local function turn_ids_of(log, from, upto)
  local turn_ids = {}
  for _, entry in ipairs(redis.call('XRANGE', log, from .. '-0', '(' .. upto .. '-0')) do
    local turn = turn_of(entry)
    -- The text of an entry of format 1 begins with the id. One without an id stays in the exact record.
    turn_ids[#turn_ids + 1] = turn[5] ~= '' and turn[5] or string.match(turn[1], '^{"turnId":"([%w._-]+)"')
  end
  return turn_ids
end

-- Keeps turn ids whose entries have been deleted as bits alone.
local function forget_turn_ids(turns, forgotten, turn_ids)
  for _, turn_id in ipairs(turn_ids) do
    local remember = { 'BITFIELD', forgotten }
    for _, bit in ipairs(bits_of(turn_id)) do
      remember[#remember + 1] = 'SET'
      remember[#remember + 1] = 'u1'
      remember[#remember + 1] = bit
      remember[#remember + 1] = 1
    end
    redis.call(unpack(remember))
    redis.call('HDEL', turns, turn_id)
  end
end

-- Only the commit script writes an entry with its format, and nothing changes an entry.
local function is_proven_turn(turn)
  return turn[2] == stored_format
end

local function are_proven_turns(turns)
  for _, turn in ipairs(turns) do
    if not is_proven_turn(turn) then
      return false
    end
  end
  return true
end

-- Reads a state (read_state), the note under a turn id, and what the state says of the log (log_of). Returns before them
-- whether one of the conversation's keys holds a value of another type than ours.
local function open_conversation(state_key, log, turns, forgotten, turn_id)
  local first_bytes, is_foreign_state = read('GETRANGE', state_key, 0, longest_head)
  local used, is_foreign_turns = read('HGET', turns, turn_id)
  -- No entry is wanted, so the cost does not grow with the conversation.
  if is_foreign_state or is_foreign_turns or select(2, read('XRANGE', log, '0', '0', 'COUNT', '0')) then
    return true
  end
  local head, rest, is_proven = read_state(state_key, first_bytes)
  local first, shown, viewed = log_of(rest)
  -- Until a turn id is forgotten, nothing is stored under this key.
  local is_foreign = first > 1 and select(2, read('GETBIT', forgotten, 0))
  return is_foreign, head, rest, is_proven, used, first, shown, viewed
end

-- Sets keys back to their full life, unless this Redis takes no writes: it can be read all the same.
local function slide_or_not(keys, seconds)
  for _, key in ipairs(keys) do
    local reply = redis.pcall('EXPIRE', key, seconds)
    if type(reply) == 'table' and reply.err then
      return 'refused'
    end
  end
  return 'slid'
end
