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

-- Returns whether one of a conversation's keys holds a value of another type than ours. Asks for entries that can't be there, so its
-- cost does not grow with the conversation.
local function has_foreign_type(state, log, turns)
  return select(2, read('GET', state))
    or select(2, read('XRANGE', log, '0', '0', 'COUNT', '1'))
    or select(2, read('HGET', turns, ''))
end

-- Returns whether a state is certain to be readable, without parsing all of it: its guard comes first, it is of our format, and the
-- rest has the sum that was written with it (writeState). A state of version a1ce3d2 has no format: the server must read it.
local function is_proven_state(state)
  local format, sum, rest_at = string.match(
    state, '^{"incarnation":"[^"]*","revision":%d+,"committedBy":"[^"]*","format":(%d+),"sum":"(%x+)"()'
  )
  return format == stored_format and redis.sha1hex(string.sub(state, rest_at)) == sum
end

-- A log entry as it is returned: the turn as JSON, and the entry's format, '' in one of version a1ce3d2.
local function turn_of(entry)
  local fields = entry[2]
  return { fields[2] or '', fields[3] == 'format' and fields[4] or '' }
end

-- Only the commit script writes an entry with its format, and nothing changes an entry.
local function is_proven_turn(turn)
  return turn[2] == stored_format
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
