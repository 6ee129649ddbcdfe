-- Writes a key that expires by itself. It succeeds where a turn's writes would.
--
-- KEYS[1] a key that nothing else uses
-- ARGV[1] its life, in milliseconds
--
-- Result: 1
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
