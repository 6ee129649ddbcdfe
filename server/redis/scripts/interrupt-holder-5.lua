-- Takes the right to commit from the lease's holder (I3), and tells the server that it runs on.
--
-- KEYS[1] lock   KEYS[2] mark of the interrupted holder   KEYS[3] waiting   KEYS[4] events
-- KEYS[5] the caller's place: a name, nothing is stored under it
-- ARGV[1] what was found in the lock: a lease token, or the place that the lease is kept for
-- ARGV[2] life of the mark, in milliseconds
-- ARGV[3] how long the lease is kept for the caller, in milliseconds; '' when other Redis keep it too, and must free it
-- ARGV[4] channel of interrupts
-- ARGV[5] how long anybody waits, in milliseconds
--
-- Result: 1 interrupted | 0 another holds the lease by now, or nobody
local owner = redis.call('GET', KEYS[1])
-- Sent again because its answer was lost.
if owner == KEYS[5] then
  return 1
end
if owner ~= ARGV[1] then
  return 0
end
clear_foreign_line(KEYS[3])
-- A place (it has a colon, a token has none) holds nothing yet that could be committed.
if not string.find(ARGV[1], ':', 1, true) then
  redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
end
if ARGV[3] == '' then
  -- First in line by the time that the holder lets go.
  local time = redis.call('TIME')
  redis.call('ZADD', KEYS[3], string.format('%.0f', -(time[1] * 1000000 + time[2])), KEYS[5])
  redis.call('PEXPIRE', KEYS[3], ARGV[5])
else
  redis.call('ZREM', KEYS[3], KEYS[5])
  redis.call('SET', KEYS[1], KEYS[5], 'PX', ARGV[3])
  -- Those in line learn whom the lease is kept for, and look after it should nobody come.
  redis.pcall('SPUBLISH', KEYS[4], KEYS[5])
end
redis.pcall('PUBLISH', ARGV[4], ARGV[1])
return 1
