-- Writes what runs out by itself, as turns write: tells whether this Redis takes it.
--
-- KEYS[1] a key that nothing else uses
-- ARGV[1] its life, in milliseconds
--
-- Result: 1
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
