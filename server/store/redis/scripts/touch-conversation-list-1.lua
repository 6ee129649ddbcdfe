-- Notes in a user's list that a conversation is active now.
--
-- KEYS[1] list
-- ARGV[1] conversation id
-- ARGV[2] now, in milliseconds since the epoch
-- ARGV[3] life of the keys, in seconds
-- ARGV[4] what was last active before this, in milliseconds since the epoch, has expired
-- ARGV[5] 'add' | 'refresh': whether to list a conversation that is not listed yet
--
-- Result: 1
if ARGV[5] == 'add' then
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
else
  redis.call('ZADD', KEYS[1], 'XX', ARGV[2], ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
