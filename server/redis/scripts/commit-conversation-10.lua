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
local current = redis.call('GET', KEYS[1])
-- The guard comes first (writeState). The rest is not parsed: cjson may refuse it (half a surrogate pair), and the cost of
-- this script must not grow with its size (I9).
local pattern = '^{"incarnation":"([^"]*)","revision":(%d+),"committedBy":"([^"]*)"'
local incarnation, revision, committedBy = string.match(current or '', pattern)
if current and not incarnation then
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
  if current then
    return 'state-changed'
  end
elseif incarnation ~= ARGV[2] or revision ~= ARGV[3] then
  return 'state-changed'
else
  -- Every reason for which a write below could fail is ruled out before the first write: Redis does not roll back.
  local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
  local last_number = last and tonumber(string.match(last[1], '^%d+')) or 0
  if ARGV[6] ~= '' and last_number >= tonumber(ARGV[6]) then
    return 'state-changed'
  end
  if ARGV[10] ~= ARGV[6] and last_number + 1 ~= tonumber(ARGV[6]) then
    return 'log-broken'
  end
  if ARGV[13] ~= ARGV[14] then
    for command, key in pairs({ getbit = KEYS[10], bitfield = KEYS[10], hdel = KEYS[4] }) do
      if not redis.acl_check_cmd(command, key, '0') then
        return redis.error_reply("NOPERM this user has no permissions to run the '" .. command .. "' command")
      end
    end
    redis.call('GETBIT', KEYS[10], 0)
  end
end

redis.call('SET', KEYS[1], ARGV[4], 'EX', ARGV[5])
if opens then
  -- The turn numbers would collide with those that an earlier conversation left when its state was evicted.
  redis.call('DEL', KEYS[3], KEYS[4], KEYS[10])
end
if ARGV[6] ~= '' then
  if ARGV[13] ~= ARGV[14] then
    forget_turn_ids(KEYS[3], KEYS[4], KEYS[10], ARGV[13], ARGV[14])
  end
  redis.call(
    'XADD', KEYS[3], 'MINID', ARGV[14] .. '-0', ARGV[6] .. '-0',
    'turn', ARGV[9], 'format', stored_format, 'whole', ARGV[10], 'id', ARGV[7]
  )
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
