-- Notes in a user's list when conversations were active, by this Redis's own time: the servers' clocks may differ.
--
-- KEYS[1] list
-- ARGV[1] life of the list, in seconds
-- ARGV[2] longest time that an opening takes, in milliseconds: a conversation that was last active a life and an
--         opening ago has expired
-- ARGV[3] 'add' | 'refresh': whether to list a conversation that is not listed yet
-- ARGV[4], ARGV[5], … conversation ids, each with the time since it was active, in milliseconds
--
-- Result: 1 the last of them is listed | 0 it is not

-- The list is a hint: a value of another type under its key must not fail the call, and makes way.
if select(2, read('ZSCORE', KEYS[1], ARGV[4])) then
  redis.call('DEL', KEYS[1])
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for index = 4, #ARGV, 2 do
  -- Another server may have noted a later activity.
  local mode = ARGV[3] == 'add' and 'CH' or 'XX'
  redis.call('ZADD', KEYS[1], 'GT', mode, now - ARGV[index + 1], ARGV[index])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1] * 1000 - ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return redis.call('ZSCORE', KEYS[1], ARGV[#ARGV - 1]) and 1 or 0
