-- Gives the lease back, if it is still the holder's.
--
-- KEYS[1] lock
-- ARGV[1] database (unused)   ARGV[2] lease token
--
-- Result: 1 given back | 0 it was another's, or nobody's
if redis.call('GET', KEYS[1]) ~= ARGV[2] then
  return 0
end
return redis.call('DEL', KEYS[1])
