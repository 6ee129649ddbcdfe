-- Stores a turn and frees the lease, for the lease's holder only, and on top of the revision that was loaded.
--
-- KEYS[1] state   KEYS[2] lock   KEYS[3] log   KEYS[4] turns
-- ARGV[1] lease token            ARGV[2] revision that was loaded
-- ARGV[3] next state             ARGV[4] life of the keys, in seconds
-- ARGV[5] turn number            ARGV[6] turn id
-- ARGV[7] log entry              ARGV[8] how many log entries to keep
--
-- Result: 'committed' | 'lease-lost' | 'state-changed'
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 'lease-lost'
end
if string.match(redis.call('GET', KEYS[1]) or '0:', '^(%d+):') ~= ARGV[2] then
  return 'state-changed'
end
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4])
redis.call('XADD', KEYS[3], 'MAXLEN', ARGV[8], ARGV[5] .. '-0', 'turn', ARGV[7])
redis.call('HSET', KEYS[4], ARGV[6], ARGV[5])
redis.call('EXPIRE', KEYS[3], ARGV[4])
redis.call('EXPIRE', KEYS[4], ARGV[4])
redis.call('DEL', KEYS[2])
return 'committed'
