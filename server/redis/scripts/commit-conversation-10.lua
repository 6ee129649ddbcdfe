-- Stores a turn, or an end, and frees the lease: all of it or nothing (I2), only for the lease's holder, and only on top of
-- the state that was loaded (I3).
--
-- KEYS[1] state   KEYS[2] lock   KEYS[3] log   KEYS[4] turns   KEYS[5] holder   KEYS[6] waiting
-- KEYS[7] mark of the lease as interrupted   KEYS[8] events   KEYS[9] feed: the channel for watchers
-- KEYS[10] forgotten turn ids
-- ARGV[1] lease token
-- ARGV[2] incarnation that was loaded, or '' when there was no conversation
-- ARGV[3] revision that was loaded
-- ARGV[4] the next state; its committedBy is the lease token
-- ARGV[5] life of the keys, in seconds
-- ARGV[6] turn number, or '' for an end
-- ARGV[7] turn id            ARGV[8] 'number:digest:token' of the turn id
-- ARGV[9] log entry          ARGV[10] number of the whole entry from which it is told; its own where it is whole
-- ARGV[11] how long the lease is kept for the next caller, in milliseconds; '' when a quorum keeps it too, which must be
--          released first
-- ARGV[12] the longest wait, in milliseconds
-- ARGV[13] number of the oldest log entry   ARGV[14] number of the oldest one to keep
--
-- Result: 'committed' | 'lease-lost' | 'interrupted' | 'state-changed' |
--         'log-broken': the entry before this one is gone (the log was evicted, say), so this one must be whole

-- The guard comes first (writeState), and is all that is read: the holder has read the rest under this lease, and a revision
-- names one state. The cost of this script must not grow with the state's size (I9).
local head = redis.call('GETRANGE', KEYS[1], 0, longest_head)
local incarnation, revision, committedBy =
  string.match(head, '^{"incarnation":"([^"]*)","revision":(%d+),"committedBy":"([^"]*)"')
if not incarnation and (head ~= '' or redis.call('EXISTS', KEYS[1]) == 1) then
  return redis.error_reply('ERR the stored state does not begin with its guard')
end

-- A lease commits once. If it already has, this is the same commit, sent again because its reply was lost; others may have
-- committed since.
if committedBy == ARGV[1] or (ARGV[6] ~= '' and redis.call('HGET', KEYS[4], ARGV[7]) == ARGV[8]) then
  return 'committed'
end
if redis.call('EXISTS', KEYS[7]) == 1 then
  return 'interrupted'
end
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 'lease-lost'
end

local opens = ARGV[2] == ''
if opens then
  if incarnation then
    return 'state-changed'
  end
elseif incarnation ~= ARGV[2] or revision ~= ARGV[3] then
  return 'state-changed'
end

-- Every reason for which a write could fail is ruled out before the first write, or fails the first one: Redis does not roll
-- back. The look at the turn id has shown the type of its key, and a log that is deleted first has none.
local left = {}
if ARGV[13] ~= ARGV[14] then
  for command, key in pairs({ getbit = KEYS[10], bitfield = KEYS[10], hdel = KEYS[4] }) do
    if not redis.acl_check_cmd(command, key, '0') then
      return redis.error_reply("NOPERM this user has no permissions to run the '" .. command .. "' command")
    end
  end
  redis.call('GETBIT', KEYS[10], 0)
  left = turn_ids_of(KEYS[3], ARGV[13], ARGV[14])
end
local function write_state()
  redis.call('SET', KEYS[1], ARGV[4], 'EX', ARGV[5])
end
if opens then
  write_state()
  -- The turn numbers would collide with those that an earlier conversation left when its state was evicted.
  redis.call('DEL', KEYS[3], KEYS[4], KEYS[10])
end
if ARGV[6] ~= '' then
  local turn_fields = { 'turn', ARGV[9], 'format', stored_format, 'whole', ARGV[10], 'id', ARGV[7] }
  local added
  if ARGV[10] == ARGV[6] then
    added = redis.pcall('XADD', KEYS[3], 'MINID', ARGV[14] .. '-0', ARGV[6] .. '-0', unpack(turn_fields))
  else
    -- Only a whole entry may begin a log. The entry before is read neither here nor by XADD: its bytes would cost more
    -- than the write.
    added = redis.pcall(
      'XADD', KEYS[3], 'NOMKSTREAM', 'MINID', ARGV[14] .. '-0', ARGV[6] .. '-0', unpack(turn_fields)
    )
  end
  if not added then
    return 'log-broken'
  end
  if type(added) == 'table' then
    return string.find(added.err, 'equal or smaller', 1, true) and 'state-changed' or added
  end
end
if not opens then
  write_state()
end
if ARGV[6] ~= '' then
  forget_turn_ids(KEYS[4], KEYS[10], left)
  redis.call('HSET', KEYS[4], ARGV[7], ARGV[8])
end
redis.call('EXPIRE', KEYS[3], ARGV[5])
redis.call('EXPIRE', KEYS[4], ARGV[5])
if ARGV[14] ~= '1' then
  redis.call('EXPIRE', KEYS[10], ARGV[5])
end
redis.call('DEL', KEYS[5])
-- Watchers read the turn from the log. If the message can't be sent, the commit stands all the same.
redis.pcall('SPUBLISH', KEYS[9], 'changed')
if ARGV[11] ~= '' then
  hand_over(KEYS[2], KEYS[6], KEYS[8], ARGV[11], ARGV[12])
end
return 'committed'
