-- Notes in a user's list that a conversation is active now, by this Redis's own time: the servers' clocks may differ.
--
-- KEYS[1] list
-- ARGV[1] conversation id
-- ARGV[2] life of the keys, in seconds
-- ARGV[3] how long an opening may take, in milliseconds: a conversation last active a life and an opening ago has expired
-- ARGV[4] 'add' | 'refresh': whether to list a conversation that is not listed yet
--
-- Result: 1 it is listed | 0 it is not

-- The list is a hint: a value of another type under its key must not fail the call, and makes way.
if select(2, read('ZSCORE', KEYS[1], ARGV[1])) then
  redis.call('DEL', KEYS[1])
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[4] == 'add' then
  redis.call('ZADD', KEYS[1], now, ARGV[1])
else
  redis.call('ZADD', KEYS[1], 'XX', now, ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2] * 1000 - ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return redis.call('ZSCORE', KEYS[1], ARGV[1]) and 1 or 0
