-- Takes the right to commit from the lease's holder (I3), and tells the server on which the holder runs.
--
-- KEYS[1] lock   KEYS[2] mark of the interrupted holder   KEYS[3] waiting   KEYS[4] events
-- KEYS[5] the caller's ticket: a name, nothing is stored under it
-- ARGV[1] the value that was found in the lock: a lease token, or the ticket for which the lease is kept
-- ARGV[2] life of the mark, in milliseconds
-- ARGV[3] how long the lease is kept for the caller, in milliseconds; '' when a quorum keeps it too, and must release it
-- ARGV[4] channel of interrupts
-- ARGV[5] the longest wait, in milliseconds
--
-- Result: 1 interrupted | 0 another holds the lease by now, or nobody
local owner = redis.call('GET', KEYS[1])
-- The request was sent again because its reply was lost.
if owner == KEYS[5] then
  return 1
end
if owner ~= ARGV[1] then
  return 0
end
clear_foreign_queue(KEYS[3])
-- A caller for whom the lease is only kept has nothing to commit yet. (A ticket has a colon, a token has none.)
if not string.find(ARGV[1], ':', 1, true) then
  redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
end
if ARGV[3] == '' then
  -- The ticket is first in the queue when the holder releases the quorum.
  local time = redis.call('TIME')
  redis.call('ZADD', KEYS[3], string.format('%.0f', -(time[1] * 1000000 + time[2])), KEYS[5])
  redis.call('PEXPIRE', KEYS[3], ARGV[5])
else
  redis.call('ZREM', KEYS[3], KEYS[5])
  redis.call('SET', KEYS[1], KEYS[5], 'PX', ARGV[3])
  -- Those in the queue learn for which ticket the lease is kept, and look again if its caller does not come.
  redis.pcall('SPUBLISH', KEYS[4], KEYS[5])
end
redis.pcall('PUBLISH', ARGV[4], ARGV[1])
return 1
