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

-- Returns whether a state is certain to be readable, without parsing all of it: its guard comes first, it is of our format, and the
-- rest has the sum that was written with it (writeState). A state of version a1ce3d2 has no format: the server must read it.
local function is_proven_state(state)
  local format, sum, rest_at = string.match(
    state, '^{"incarnation":"[^"]*","revision":%d+,"committedBy":"[^"]*","format":(%d+),"sum":"(%x+)"()'
  )
  return format == stored_format and redis.sha1hex(string.sub(state, rest_at)) == sum
end

-- Returns the numbers that the state holds about the log (server/domain/turn-log.ts): of the oldest entry that is kept,
-- of the oldest turn that is shown, and of the turn whose view the state tells (0 for none). They are 1, 1 and 0 for a
-- state of format 1, which holds none of them.
local function log_of(state)
  local first, shown, viewed = string.match(
    state,
    '^{"incarnation":"[^"]*","revision":%d+,"committedBy":"[^"]*","format":%d+,"sum":"%x+",'
      .. '"log":{"first":(%d+),"shown":(%d+),"viewed":(%d+)'
  )
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

-- Keeps the turn ids of the log's entries from one number up to another as bits alone. The entries are about to be
-- deleted.
local function forget_turn_ids(log, turns, forgotten, from, upto)
  for _, entry in ipairs(redis.call('XRANGE', log, from .. '-0', '(' .. upto .. '-0')) do
    local turn = turn_of(entry)
    -- The text of an entry of format 1 begins with the id. One without an id stays in the exact record.
    local turn_id = turn[5] ~= '' and turn[5] or string.match(turn[1], '^{"turnId":"([%w._-]+)"')
    if turn_id then
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

-- Reads a state, the note under a turn id, and what the state says of the log (log_of). Returns before them whether one of the
-- conversation's keys holds a value of another type than ours. The log is asked for an entry that can't be there, so the
-- cost does not grow with the conversation.
local function open_conversation(state_key, log, turns, forgotten, turn_id)
  local state, is_foreign_state = read('GET', state_key)
  local used, is_foreign_turns = read('HGET', turns, turn_id)
  if is_foreign_state or is_foreign_turns or select(2, read('XRANGE', log, '0', '0', 'COUNT', '1')) then
    return true
  end
  local first, shown, viewed = log_of(state or '')
  -- Until a turn id is forgotten, nothing is stored under this key.
  local is_foreign = first > 1 and select(2, read('GETBIT', forgotten, 0))
  return is_foreign, state, used, first, shown, viewed
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
